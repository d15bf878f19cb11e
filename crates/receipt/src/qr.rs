use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// A code to scan, as an SVG path of squares of 1 in a square of `size`, with the quiet zone that ISO 18004 asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrPath {
    /// Width and height.
    pub size: i32,
    /// The dark squares.
    pub path: String,
}

/// Four squares on each side.
const QUIET: i32 = 4;

impl QrPath {
    /// The code of a text; `None` of one that is too long for any.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
                // Writing to a text does not fail.
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Some(Self { size: code.size() + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_squares_inside_its_quiet_zone() {
        let code = QrPath::of("https://sandbox.example/paynet/view-receipt/1111/42").unwrap();
        assert_eq!((code.size - 2 * QUIET - 17) % 4, 0, "a size of the standard");
        assert!(code.path.starts_with("M4,4h1v1h-1z"), "the first corner is dark");
        assert!(!code.path.contains("M3,") && !code.path.contains("M0,"));
        assert_eq!(QrPath::of(&"x".repeat(5_000)), None);
    }
}
