//! The header by which calls name their trace.

use payment::trace::{SpanId, TraceId, TraceParent};

/// What is read is written as version 00 and read again the same; what is refused is nothing else.
pub(crate) fn traceparent(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(read) = text.parse::<TraceParent>() {
        let written = read.header();
        assert_eq!(written.parse(), Ok(read));
        assert_eq!(written.get(2..53), text.get(2..53), "the ids are passed on as they came");
        assert!(!text.starts_with("ff") && (text.len() == 55 || !text.starts_with("00")));
    }
    if let Ok(trace) = text.parse::<TraceId>() {
        assert!(trace.to_string() == text && text.contains(|digit| digit != '0'));
    }
    if let Ok(span) = text.parse::<SpanId>() {
        assert!(span.to_string() == text && text.contains(|digit| digit != '0'));
    }
}
