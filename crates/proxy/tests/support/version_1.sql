CREATE TABLE attempts (
    id TEXT PRIMARY KEY NOT NULL,
    order_json TEXT,               -- JSON of the order; NULL when nothing was ever sent
    body BLOB,                      -- fingerprints; NULL when it was not taken from a page
    card BLOB UNIQUE,
    followed INTEGER NOT NULL,
    created_at INTEGER NOT NULL     -- Unix milliseconds
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_followed ON attempts (followed, created_at);
CREATE TABLE callbacks (
    client_orderid TEXT NOT NULL,
    orderid TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    received_at INTEGER NOT NULL,   -- Unix milliseconds, of the first one
    PRIMARY KEY (client_orderid, orderid, type, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE secrets (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
INSERT INTO secrets VALUES ('card key', x'0707070707070707070707070707070707070707070707070707070707070707');
INSERT INTO callbacks VALUES ('AAAAAAAAAAAAAAAAAAAA', '4711', 'sale', 'approved', 1800000000000);
