//! Every text that people read, in every language: `texts/<language>/<who shows it>.toml`.
//!
//! Each text is a function that takes its values: of the page's language in [`say`], of a language by itself in [`Receipt`]
//! and [`Proxy`]. A text that a language has not, or has with other values, fails the build. In a page there are only the
//! texts' numbers; it downloads the file of the language that was chosen and hands it to [`speak`].
#![forbid(unsafe_code)]

#[cfg(feature = "built-in")]
mod built_in;

#[cfg(feature = "built-in")]
pub use built_in::{Part, Proxy, file_of};
use std::sync::{PoisonError, RwLock};

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Russian.
    Russian,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// Arabic, from right to left.
    Arabic,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::English, Self::Russian, Self::German, Self::Spanish, Self::Arabic];

    /// Its code (ISO 639-1).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }

    /// What those who speak it call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Russian => "Русский",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::Arabic => "العربية",
        }
    }

    /// The language of a code, or of a tag that begins with it, as `de-AT`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| code.eq_ignore_ascii_case(language.code()))
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_right_to_left(self) -> bool {
        self == Self::Arabic
    }

    /// An amount in major units, as `1250.00`, with the language's marks, as `1.250,00`: for paper. A page asks its browser.
    /// Digits are Latin in every language.
    #[must_use]
    pub fn figures(self, major: &str) -> String {
        // CLDR 44: Spanish groups from five digits on.
        let (group, point, least) = match self {
            Self::English | Self::Arabic => (',', '.', 4),
            Self::German => ('.', ',', 4),
            Self::Spanish => ('.', ',', 5),
            Self::Russian => ('\u{a0}', ',', 4),
        };
        let (whole, rest) = major.split_once('.').map_or((major, None), |(whole, rest)| (whole, Some(rest)));
        let mut text = String::new();
        for (at, digit) in whole.char_indices() {
            if at > 0 && whole.len() >= least && (whole.len() - at).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if let Some(rest) = rest {
            text.push(point);
            text.push_str(rest);
        }
        text
    }

    /// The same with its currency behind, as `1.250,00 EUR`.
    #[must_use]
    pub fn amount(self, major: &str, currency: &str) -> String {
        format!("{} {currency}", self.figures(major))
    }
}

/// The texts of one language, as its file has them: a line each.
#[derive(Debug, Clone)]
struct Texts(Vec<&'static str>);

impl Texts {
    fn text(&self, number: usize) -> &'static str {
        self.0.get(number).copied().unwrap_or_default()
    }

    fn of(file: &'static str) -> Self {
        Self(file.lines().collect())
    }
}

static SPOKEN: RwLock<Option<Texts>> = RwLock::new(None);

/// Changes the language of [`say`] to that of a page's file. It is kept for as long as the page lives, so that a text is a
/// `&'static str` like any other: some kilobytes each time that somebody chooses a language.
pub fn speak(file: String) {
    *SPOKEN.write().unwrap_or_else(PoisonError::into_inner) = Some(Texts::of(file.leak()));
}

/// What a page says, in its language.
pub mod say {
    use super::{fill, text};

    include!(concat!(env!("OUT_DIR"), "/say.rs"));
}

/// The page's text of this number. Before any language has been chosen it is English where texts are built in, and nothing in a
/// page, which shows nothing by then.
#[inline(never)]
fn text(number: usize) -> &'static str {
    let spoken = SPOKEN.read().unwrap_or_else(PoisonError::into_inner);
    match spoken.as_ref() {
        Some(texts) => texts.text(number),
        #[cfg(feature = "built-in")]
        None => built_in::english(number),
        #[cfg(not(feature = "built-in"))]
        None => "",
    }
}

/// A text with its values in their places.
#[inline(never)]
fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::new();
    for letter in text.chars() {
        match values.get((letter as usize).wrapping_sub(1)) {
            Some(value) => filled.push_str(value),
            None => filled.push(letter),
        }
    }
    filled
}

/// What a receipt says, in a language of its own.
#[derive(Debug, Clone)]
pub struct Receipt {
    language: Language,
    texts: Texts,
}

impl Receipt {
    /// Of the language's file, which is kept for as long as the page lives.
    #[must_use]
    pub fn of(language: Language, file: String) -> Self {
        Self { language, texts: Texts::of(file.leak()) }
    }

    /// Its language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    fn text(&self, number: usize) -> &'static str {
        self.texts.text(number)
    }
}

include!(concat!(env!("OUT_DIR"), "/receipt.rs"));
