/// How large a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As the others.
    Normal,
    /// Bold and twice as high: the amount and the result.
    Tall,
}

/// A line of a receipt, before it is known how wide the paper is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A text in the middle.
    Centred(String, Size),
    /// A label at the left and its value at the right.
    Pair(String, String, Size),
    /// A ruled line.
    Rule,
    /// Nothing.
    Blank,
    /// Where the customer signs, with the words before the line.
    Sign(String),
    /// The link to the gateway's receipt, as a code to scan with the text below it.
    Link(String),
}

impl Line {
    /// What can be read on it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = match self {
            Self::Centred(text, _) | Self::Sign(text) | Self::Link(text) => [Some(text), None],
            Self::Pair(label, value, _) => [Some(label), Some(value)],
            Self::Rule | Self::Blank => [None, None],
        };
        texts.into_iter().flatten().map(String::as_str)
    }

    pub(crate) fn centred(text: impl Into<String>) -> Self {
        Self::Centred(text.into(), Size::Normal)
    }

    pub(crate) fn tall(text: impl Into<String>) -> Self {
        Self::Centred(text.into(), Size::Tall)
    }

    pub(crate) fn pair(label: &str, value: impl Into<String>) -> Self {
        Self::Pair(label.to_owned(), value.into(), Size::Normal)
    }
}
