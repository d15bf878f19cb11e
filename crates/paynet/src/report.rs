//! The transaction report: CSV (RFC 4180) of what the gateway has of an endpoint in a period of at most 31 days.

use crate::Status;
use crate::dialect::Columns;

/// The most rows that are read of one report.
pub const MOST_ROWS: usize = 200_000;
/// The longest text of a field that is kept, in bytes: documented ids have up to 128 characters.
const LONGEST_TEXT: usize = 256;

/// From when to when transactions were created, both as `YYYY-MM-DD HH:MM:SS`. At most 31 days. Whose time is meant is
/// not documented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub from: String,
    /// The last moment.
    pub to: String,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The merchant's id of the order.
    pub client_orderid: String,
    /// The gateway's id of the order.
    pub orderid: String,
    /// `sale`, `reversal`, `chargeback`, …, in small letters.
    pub transaction_type: String,
    /// The status, in small letters.
    pub status: String,
    /// Major units, as written.
    pub amount: String,
    /// The currency, as written.
    pub currency: String,
}

impl Row {
    /// The status.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::parse(&self.status)
    }
}

/// Why a report says nothing for certain. Half a report would show charges as missing, so it is all or nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Not HTTP 200.
    #[error("gateway: it answered the report with HTTP {0}")]
    Http(u16),
    /// The first line lacks a column; `gateway.dialect.report.columns` says what it is called.
    #[error("gateway: the report has no column {0:?}")]
    Column(String),
    /// A line cannot be read, or has another number of fields than the first.
    #[error("gateway: the report is no CSV in line {0}")]
    Line(u64),
    /// More rows than are read at once.
    #[error("gateway: the report has more than {MOST_ROWS} rows; ask for a shorter period")]
    TooLong,
}

/// Reads a report. Order of the rows and of the columns, kind of line ends, and further columns do not matter.
///
/// # Errors
/// [`ReportError`]
pub fn read(bytes: &[u8], columns: &Columns) -> Result<Vec<Row>, ReportError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let header = reader.byte_headers().map_err(|error| unreadable(&error))?;
    let find = |name: &String| {
        let at = header.iter().position(|title| title.trim_ascii() == name.as_bytes());
        at.ok_or_else(|| ReportError::Column(name.clone()))
    };
    let orderid = find(&columns.orderid)?;
    let client_orderid = find(&columns.client_orderid)?;
    let transaction_type = find(&columns.transaction_type)?;
    let (status, amount) = (find(&columns.status)?, find(&columns.amount)?);
    let currency = find(&columns.currency)?;
    let (mut rows, mut record) = (Vec::new(), csv::ByteRecord::new());
    while reader.read_byte_record(&mut record).map_err(|error| unreadable(&error))? {
        if rows.len() == MOST_ROWS {
            return Err(ReportError::TooLong);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let text = |at: usize| {
            let bytes = record.get(at).unwrap_or_default().trim_ascii();
            let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST_TEXT);
            text.map(str::to_owned).ok_or(ReportError::Line(line))
        };
        rows.push(Row {
            client_orderid: text(client_orderid)?,
            orderid: text(orderid)?,
            transaction_type: text(transaction_type)?.to_ascii_lowercase(),
            status: text(status)?.to_ascii_lowercase(),
            amount: text(amount)?,
            currency: text(currency)?,
        });
    }
    Ok(rows)
}

fn unreadable(error: &csv::Error) -> ReportError {
    ReportError::Line(error.position().map_or(0, csv::Position::line))
}
