//! The texts of all languages, inside the program.

use super::{Language, Receipt, Texts, fill};
use std::sync::LazyLock;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Who reads a file of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The till.
    Till,
    /// The office.
    Office,
    /// Whoever shows a receipt.
    Receipt,
    /// The proxy, of what is wrong with a request and of what staff have to hear of.
    Proxy,
}

/// The file of a part's texts in a language.
#[must_use]
pub fn file_of(language: Language, part: Part) -> &'static str {
    let files = FILES.get(language as usize);
    files.and_then(|files| files.get(part as usize)).copied().unwrap_or_default()
}

/// The till's or the office's text of this number, in English.
pub(super) fn english(number: usize) -> &'static str {
    static PAGES: LazyLock<[Texts; 2]> =
        LazyLock::new(|| [Part::Till, Part::Office].map(|part| Texts::of(file_of(Language::English, part))));
    PAGES.iter().map(|page| page.text(number)).find(|text| !text.is_empty()).unwrap_or_default()
}

impl Receipt {
    /// Of a language whose texts are inside the program.
    #[must_use]
    pub fn built_in(language: Language) -> Self {
        Self { language, texts: Texts::of(file_of(language, Part::Receipt)) }
    }
}

/// What the proxy says.
#[derive(Debug, Clone)]
pub struct Proxy {
    language: Language,
    texts: Texts,
}

impl Proxy {
    /// In this language.
    #[must_use]
    pub fn speaking(language: Language) -> Self {
        Self { language, texts: Texts::of(file_of(language, Part::Proxy)) }
    }

    /// This language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    fn text(&self, number: usize) -> &'static str {
        self.texts.text(number)
    }
}

include!(concat!(env!("OUT_DIR"), "/proxy.rs"));
