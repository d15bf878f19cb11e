//! The people's tables.

use super::{SqliteStore, unix_ms};
use crate::staff::{PinHash, Tries};
use crate::store::operators::{Digest, Operator, Operators};
use crate::store::{Reply, StoreError};
use payment::api::{Deed, Did};
use payment::{json::FromJson, role::Role};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{Row, query};

/// So many names that are nobody's keep their wrong PINs.
const STRANGERS: i64 = 64;

type Statement = Query<'static, Sqlite, SqliteArguments>;

impl Operators for SqliteStore {
    fn operators(&self) -> Reply<'_, Vec<(Operator, Tries)>> {
        Box::pin(async move {
            let rows = query(
                "SELECT name, role, pin, disabled, last_seen, wrong, locked_until
                 FROM operators LEFT JOIN pin_tries USING (name) ORDER BY name",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.iter().map(|row| Ok((operator(row)?, tries(row)?))).collect()
        })
    }

    fn keep_operator<'a>(&'a self, operator: &'a Operator, deed: &'a Deed) -> Reply<'a, ()> {
        Box::pin(async move {
            let keep = query(
                "INSERT INTO operators (name, role, pin, disabled, last_seen) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (name) DO UPDATE SET role = ?2, pin = ?3, disabled = ?4, last_seen = ?5",
            )
            .bind(operator.name.clone())
            .bind(operator.role.word())
            .bind(operator.pin.as_str().to_owned())
            .bind(operator.disabled)
            .bind(operator.last_seen.map(unix_ms));
            let sign_out = query("DELETE FROM staff_sessions WHERE operator = ?").bind(operator.name.clone());
            self.write_all(vec![keep, sign_out, tell(deed)]).await
        })
    }

    fn tries<'a>(&'a self, name: &'a str) -> Reply<'a, Tries> {
        Box::pin(async move {
            let row = query("SELECT wrong, locked_until FROM pin_tries WHERE name = ?")
                .bind(name)
                .fetch_optional(&self.pool)
                .await?;
            row.as_ref().map_or(Ok(Tries::default()), tries)
        })
    }

    fn keep_tries<'a>(&'a self, name: &'a str, tries: Tries, deed: Option<&'a Deed>) -> Reply<'a, ()> {
        Box::pin(async move {
            let keep = query(
                "INSERT INTO pin_tries (name, wrong, locked_until, written)
                 VALUES (?1, ?2, ?3, (SELECT coalesce(max(written), 0) + 1 FROM pin_tries))
                 ON CONFLICT (name) DO UPDATE SET wrong = ?2, locked_until = ?3, written = excluded.written",
            )
            .bind(name.to_owned())
            .bind(tries.wrong)
            .bind(unix_ms(tries.locked_until));
            let forget = query(
                "DELETE FROM pin_tries WHERE name NOT IN (SELECT name FROM operators) AND name NOT IN
                    (SELECT name FROM pin_tries WHERE name NOT IN (SELECT name FROM operators)
                     ORDER BY written DESC LIMIT ?)",
            )
            .bind(STRANGERS);
            let mut all = vec![keep, forget];
            all.extend(deed.map(tell));
            self.write_all(all).await
        })
    }

    fn sign_in<'a>(
        &'a self,
        session: &'a Digest,
        name: &'a str,
        stale: u64,
        deed: &'a Deed,
    ) -> Reply<'a, ()> {
        Box::pin(async move {
            let now = unix_ms(deed.at);
            let open = query("INSERT INTO staff_sessions (digest, operator, last_used) VALUES (?, ?, ?)")
                .bind(session.to_vec())
                .bind(name.to_owned())
                .bind(now);
            let seen =
                query("UPDATE operators SET last_seen = ? WHERE name = ?").bind(now).bind(name.to_owned());
            let right = query("DELETE FROM pin_tries WHERE name = ?").bind(name.to_owned());
            let forget = query("DELETE FROM staff_sessions WHERE last_used < ?").bind(unix_ms(stale));
            self.write_all(vec![forget, open, seen, right, tell(deed)]).await
        })
    }

    fn signed_in<'a>(&'a self, session: &'a Digest) -> Reply<'a, Option<(Operator, u64)>> {
        Box::pin(async move {
            let row = query(
                "SELECT name, role, pin, disabled, last_seen, last_used
                 FROM staff_sessions JOIN operators ON name = operator WHERE digest = ? AND NOT disabled",
            )
            .bind(session.to_vec())
            .fetch_optional(&self.pool)
            .await?;
            row.map(|row| Ok((operator(&row)?, row.try_get::<i64, _>("last_used")?.unsigned_abs())))
                .transpose()
        })
    }

    fn use_session<'a>(&'a self, session: &'a Digest, now: u64) -> Reply<'a, ()> {
        let used = query("UPDATE staff_sessions SET last_used = ? WHERE digest = ?")
            .bind(unix_ms(now))
            .bind(session.to_vec());
        Box::pin(self.write_all(vec![used]))
    }

    fn sign_out<'a>(&'a self, session: &'a Digest, deed: &'a Deed) -> Reply<'a, ()> {
        let end = query("DELETE FROM staff_sessions WHERE digest = ?").bind(session.to_vec());
        Box::pin(self.write_all(vec![end, tell(deed)]))
    }

    fn deeds(&self, limit: u32) -> Reply<'_, Vec<Deed>> {
        Box::pin(async move {
            let rows = query("SELECT at, who, did, whom FROM deeds ORDER BY id DESC LIMIT ?")
                .bind(limit)
                .fetch_all(&self.pool)
                .await?;
            let deeds = rows.iter().map(|row| {
                Ok(Deed {
                    at: row.try_get::<i64, _>("at")?.unsigned_abs(),
                    who: row.try_get("who")?,
                    did: word::<Did>(row, "did")?,
                    whom: row.try_get("whom")?,
                })
            });
            deeds.collect()
        })
    }
}

impl SqliteStore {
    /// Runs these statements, all of them durably or none.
    async fn write_all(&self, statements: Vec<Statement>) -> Result<(), StoreError> {
        let write = self.writer.write(move |connection| {
            Box::pin(async move {
                for statement in statements {
                    statement.execute(&mut *connection).await?;
                }
                Ok(())
            })
        });
        write.await
    }
}

fn tell(deed: &Deed) -> Statement {
    query("INSERT INTO deeds (at, who, did, whom) VALUES (?, ?, ?, ?)")
        .bind(unix_ms(deed.at))
        .bind(deed.who.clone())
        .bind(deed.did.word())
        .bind(deed.whom.clone())
}

fn operator(row: &SqliteRow) -> Result<Operator, StoreError> {
    Ok(Operator {
        name: row.try_get("name")?,
        role: word::<Role>(row, "role")?,
        pin: PinHash::stored(row.try_get("pin")?),
        disabled: row.try_get("disabled")?,
        last_seen: row.try_get::<Option<i64>, _>("last_seen")?.map(i64::unsigned_abs),
    })
}

fn tries(row: &SqliteRow) -> Result<Tries, StoreError> {
    Ok(Tries {
        wrong: row.try_get::<Option<u32>, _>("wrong")?.unwrap_or_default(),
        locked_until: row
            .try_get::<Option<i64>, _>("locked_until")?
            .map(i64::unsigned_abs)
            .unwrap_or_default(),
    })
}

/// A column that holds one of a type's words.
fn word<T: FromJson>(row: &SqliteRow, column: &str) -> Result<T, StoreError> {
    let word: String = row.try_get(column)?;
    let why = format!("{column} is {word}");
    T::from_json(&payment::json::Value::String(word)).ok_or_else(|| sqlx::Error::Decode(why.into()).into())
}
