//! Currencies the sandbox can be set up for: numeric code for readers, digits behind the point.

/// Numeric code and exponent of an alpha-3 code.
pub(crate) fn find(alpha: &str) -> Option<(u16, u8)> {
    let row = CURRENCIES.iter().find(|(code, ..)| *code == alpha);
    row.map(|(_, numeric, exponent)| (*numeric, *exponent))
}

/// The vendor client's list, its neighbours, and one of each unusual exponent.
const CURRENCIES: &[(&str, u16, u8)] = &[
    ("AMD", 51, 2),
    ("BYN", 933, 2),
    ("CHF", 756, 2),
    ("CNY", 156, 2),
    ("EUR", 978, 2),
    ("GBP", 826, 2),
    ("GEL", 981, 2),
    ("JPY", 392, 0),
    ("KGS", 417, 2),
    ("KWD", 414, 3),
    ("KZT", 398, 2),
    ("MDL", 498, 2),
    ("PLN", 985, 2),
    ("RUB", 643, 2),
    ("UAH", 980, 2),
    ("USD", 840, 2),
    ("UZS", 860, 2),
];
