//! What a spreadsheet makes of a text.

/// A text that no spreadsheet takes for a formula: such a one is led in by an apostrophe (OWASP, CSV injection).
pub(crate) fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}
