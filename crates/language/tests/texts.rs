//! The texts of all languages.
#![cfg(feature = "built-in")]

use language::{Language, Part, Receipt, file_of, say, speak};

const PARTS: [Part; 4] = [Part::Till, Part::Office, Part::Receipt, Part::Proxy];

#[test]
fn every_language_has_as_many_texts_with_the_same_values() {
    for part in PARTS {
        let english: Vec<_> = file_of(Language::English, part).lines().collect();
        for language in Language::ALL {
            let texts: Vec<_> = file_of(language, part).lines().collect();
            assert_eq!(texts.len(), english.len(), "{language:?} {part:?}");
            let values = |text: &str| {
                let mut values: Vec<_> = text.chars().filter(|letter| letter.is_control()).collect();
                values.sort_unstable();
                values.dedup();
                values
            };
            for (text, english) in texts.iter().zip(&english) {
                assert_eq!(values(text), values(english), "{language:?}: {text}");
            }
        }
    }
}

/// What a customer sees of a text for everybody is found by the word before the colon.
#[test]
fn what_customers_do_begins_with_their_word_in_every_language() {
    let english: Vec<_> = file_of(Language::English, Part::Till).lines().collect();
    let at = english.iter().position(|text| *text == "Customer").unwrap();
    let told =
        |text: &str, word: &str| text.split('.').any(|s| s.trim_start().starts_with(&format!("{word}:")));
    let sentences = |text: &str| text.matches('.').count();
    for language in Language::ALL {
        let texts: Vec<_> = file_of(language, Part::Till).lines().collect();
        for (text, english) in texts.iter().zip(&english) {
            assert_eq!(told(text, texts[at]), told(english, "Customer"), "{language:?}: {text}");
            if told(english, "Customer") {
                assert_eq!(sentences(text), sentences(english), "{language:?}: {text}");
            }
        }
    }
}

#[test]
fn values_come_to_their_places() {
    assert_eq!(say::was_charged("12.50 EUR", "Visa **** 1234"), "12.50 EUR was charged to Visa **** 1234.");
    assert_eq!(say::declined(), "Declined");
    speak(file_of(Language::German, Part::Till).to_owned());
    assert_eq!(
        say::was_charged("12,50 EUR", "Visa **** 1234"),
        "Visa **** 1234 wurde mit 12,50 EUR belastet."
    );
    speak(file_of(Language::Arabic, Part::Till).to_owned());
    let isolated = say::order("7780");
    assert!(isolated.contains("\u{2068}7780\u{2069}"), "{isolated}");
    speak(file_of(Language::English, Part::Till).to_owned());
}

#[test]
fn languages_are_found_by_their_tags() {
    assert_eq!(Language::from_code("de-AT"), Some(Language::German));
    assert_eq!(Language::from_code("AR"), Some(Language::Arabic));
    assert_eq!(Language::from_code("fr"), None);
    assert!(Language::ALL.iter().all(|language| Language::from_code(language.code()) == Some(*language)));
}

#[test]
fn figures_have_the_marks_of_their_language() {
    let figures =
        |language: Language| ["5", "999.00", "1250.00", "1250000"].map(|text| language.figures(text));
    assert_eq!(figures(Language::English), ["5", "999.00", "1,250.00", "1,250,000"]);
    assert_eq!(figures(Language::German), ["5", "999,00", "1.250,00", "1.250.000"]);
    assert_eq!(figures(Language::Spanish), ["5", "999,00", "1250,00", "1.250.000"]);
    assert_eq!(figures(Language::Russian), ["5", "999,00", "1\u{a0}250,00", "1\u{a0}250\u{a0}000"]);
    assert_eq!(figures(Language::Arabic), ["5", "999.00", "1,250.00", "1,250,000"]);
    assert_eq!(Language::German.amount("1250.00", "EUR"), "1.250,00 EUR");
}

#[test]
fn a_receipt_has_a_language_of_its_own() {
    assert!(Language::ALL.into_iter().all(|language| Receipt::built_in(language).language() == language));
}
