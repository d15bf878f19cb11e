//! Takings as a file for a spreadsheet.

use crate::spreadsheet::harmless;
use payment::settlement::Takings;

/// CSV (RFC 4180) with a title line; amounts in major units. No name is taken for a formula.
#[must_use]
pub fn takings_csv(takings: &Takings) -> String {
    let mut csv = "name,currency,count,sum,returned count,returned sum\r\n".to_owned();
    for row in &takings.rows {
        let name = harmless(row.name.clone()).replace('"', "\"\"");
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
