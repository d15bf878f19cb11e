//! What the body of 9F27 or 9F2A says that is missing. Its form is not public, so nothing of it is passed on but what is
//! known to be a name: tags of our own commands, and words that can be file names but no card numbers.

use tlv::{Tag, tag};

use super::StatusWord;

/// The tags that the till sends.
const SENT: [Tag; 13] = [
    tag::COMMAND,
    tag::TRANSACTION_TYPE,
    tag::AMOUNT,
    tag::DATE,
    tag::TIME,
    tag::APPLICATION_SELECTION,
    tag::RISK_STAGE,
    tag::CURRENCY,
    tag::AUTHORISATION_RESPONSE_CODE,
    tag::ISSUER_AUTHENTICATION_DATA,
    tag::APPLICATION_LABEL,
    tag::MASKED_TRACK_2,
    tag::RESPONSE,
];

/// A support page has room for so many names.
const MAX_NAMES: usize = 16;
/// File names have 3 to 32 characters.
const FILE_NAME: core::ops::RangeInclusive<usize> = 3..=32;
/// The shortest card number.
const CARD_DIGITS: usize = 12;

/// The names, none for other status words.
pub(super) fn names(status: StatusWord, body: &[u8]) -> Vec<String> {
    match status {
        StatusWord::DATA_MISSING => tags(body),
        StatusWord::FILE_MISSING => files(body),
        _ => Vec::new(),
    }
}

/// The leading tags of the body, templates left out.
fn tags(mut body: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    while let Some((tag, rest)) =
        SENT.into_iter().find_map(|tag| Some((tag, body.strip_prefix(tag.bytes())?)))
    {
        // In a template or in objects a length follows; a list of tags has none.
        body = match rest.split_first() {
            Some((len, rest)) if tag.is_constructed() && usize::from(*len) == rest.len() => rest,
            Some((0, rest)) => rest,
            _ => rest,
        };
        if !tag.is_constructed() && names.len() < MAX_NAMES {
            names.push(tag.to_string());
        }
    }
    names
}

fn files(body: &[u8]) -> Vec<String> {
    body.split(|byte| !(byte.is_ascii_alphanumeric() || b"._-".contains(byte)))
        .filter(|word| FILE_NAME.contains(&word.len()) && word.contains(&b'.'))
        .filter(|word| !word.windows(CARD_DIGITS).any(|digits| digits.iter().all(u8::is_ascii_digit)))
        .take(MAX_NAMES)
        .map(|word| word.iter().copied().map(char::from).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn of(word: StatusWord, body: &str) -> Vec<String> {
        names(word, &hex::decode(body).unwrap())
    }

    #[test]
    fn missing_tags_are_named_as_list_or_as_objects() {
        for body in ["9F02DFA2049A", "E1069F02DFA2049A", "E1099F0200DFA204009A00"] {
            assert_eq!(of(StatusWord::DATA_MISSING, body), ["9F02", "DFA204", "9A"], "{body}");
        }
        assert!(of(StatusWord::DATA_MISSING, "5A084761739001010010").is_empty());
        assert!(of(StatusWord::CANCELLED, "9F02").is_empty());
    }

    #[test]
    fn missing_files_are_named_but_no_numbers() {
        let body = hex::encode("emv.cfg\0ARQCDOL.CFG,A000000003.92;4761739001010010.1 \u{e1}no-dot");
        assert_eq!(of(StatusWord::FILE_MISSING, &body), ["emv.cfg", "ARQCDOL.CFG", "A000000003.92"]);
    }
}
