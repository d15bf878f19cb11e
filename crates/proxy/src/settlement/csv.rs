//! Takings as a file for a spreadsheet.

use payment::settlement::Takings;

/// CSV (RFC 4180) with a title line; amounts in major units. A name that a spreadsheet would take for a formula is led in
/// by an apostrophe.
#[must_use]
pub fn takings_csv(takings: &Takings) -> String {
    let mut csv = "name,currency,count,sum,returned count,returned sum\r\n".to_owned();
    for row in &takings.rows {
        let is_formula = row.name.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let name = format!("{}{}", if is_formula { "'" } else { "" }, row.name).replace('"', "\"\"");
        let (came, went) = (row.came, row.went);
        csv.push_str(&format!(
            "\"{name}\",{},{},{},{},{}\r\n",
            came.amount.currency,
            came.count,
            came.amount.to_major(),
            went.count,
            went.amount.to_major()
        ));
    }
    csv
}
