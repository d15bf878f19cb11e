//! Receipts, to the letter: `golden/*.txt`, each for 42 and for 48 characters a line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use language::Language;
use payment::api::{Copy, ReceiptView};
use receipt::{Duplicate, Receipt, Zone, text};
use serde_json::{Value, json};
use std::path::Path;

fn view(change: impl FnOnce(&mut Value)) -> ReceiptView {
    let mut view = json!({
        "payment": {
            "terms": {
                "attempt": "AAAAAAAAAAAAAAAAAAAA", "kind": "sale", "amount": {"minor": 12345, "currency": "EUR"},
                "entry": "chip", "reader": {"family": "miura", "serial": "000123"},
                "card": {"last4": "1234", "scheme": "Mastercard", "holder": "A TAMM"},
            },
            "state": "final",
            "outcome": {"outcome": "approved", "amount": {"minor": 12345, "currency": "EUR"}},
            "order_id": "7780", "operator": "Ann", "accepted_at": 1_450_689_255_000_u64, "next_poll_ms": 300,
            "receipt": {
                "terminal-id": "25204003", "card-type": "MASTERCARD", "last-four-digits": "1234",
                "emv-pan-sequence-5f34": "01", "cardholder-name": "A TAMM",
                "emv-terminal-aid-9f06": "A0000000041010", "emv-app-label-50": "MASTERCARD",
                "emv-tvr-95": "0000008000", "emv-cvm-9f34": "440302", "emv-cid-9f27": "40",
                "emv-app-cryptogram-9f26": "03B8B32F37DFC0EC", "processor-rrn": "429716049460",
                "approval-code": "907963", "auth-response-code": "00",
                "reader-processing-date": "21.12.2015 12:14:15 MSK",
                "paynet-processing-date": "21.12.2015 12:14:17 MSK",
                "acquirer-processing-date": "21.12.2015 12:14:16 MSK",
            },
        },
        "merchant": {
            "name": "Corner Shop", "address": "1 High Street, Tallinn", "tax_id": "VAT EE100000001",
            "footer": "Thank you!",
        },
        "till": "2", "sandbox": false,
        "link": "https://gate.example/paynet/view-receipt/1111/9f3c",
    });
    change(&mut view);
    serde_json::from_value(view).unwrap()
}

fn receipt(view: &ReceiptView, nth: usize, copy: Copy, duplicate: Duplicate) -> Receipt {
    receipt_in(Language::English, view, nth, copy, duplicate)
}

fn receipt_in(
    language: Language,
    view: &ReceiptView,
    nth: usize,
    copy: Copy,
    duplicate: Duplicate,
) -> Receipt {
    Receipt::of(view, nth, copy, duplicate, Zone::ahead(180), &language::Receipt::built_in(language))
}

/// Compares with the file; `UPDATE_GOLDEN=1` writes it.
fn golden(name: &str, receipt: &Receipt) {
    let mut all = String::new();
    for columns in [42, 48] {
        let text = text::plain(&receipt.lines, columns);
        for row in text.lines() {
            // The marks round a value in a text from right to left have no width.
            let width = row.chars().filter(|letter| !matches!(letter, '\u{2068}' | '\u{2069}')).count();
            assert!(width <= columns, "{name}: {row:?} is cut at {columns}");
        }
        all.push_str(&text);
        all.push_str("==\n");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &all).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), all, "{name}");
}

fn outcome(outcome: Value) -> ReceiptView {
    view(|view| view["payment"]["outcome"] = outcome)
}

fn later(kind: &str, minor: u64, state: Value) -> ReceiptView {
    let mut later = json!({
        "kind": kind, "amount": {"minor": minor, "currency": "EUR"}, "at": 1_450_692_855_000_u64,
        "operator": "Bob", "reason": "goods came back",
    });
    later["state"] = state;
    view(|view| view["payment"]["later"] = json!([later]))
}

#[test]
fn approved() {
    let sale = view(|_| {});
    golden("approved-merchant", &receipt(&sale, 0, Copy::Merchant, Duplicate::First));
    let again = Duplicate::Again { number: 2, at: 1_450_775_655_000 };
    golden("approved-customer-duplicate", &receipt(&sale, 0, Copy::Customer, again));
    golden("approved-not-counted", &receipt(&sale, 0, Copy::Customer, Duplicate::NotCounted));
}

#[test]
fn to_be_signed() {
    let swiped = view(|view| {
        view["payment"]["terms"]["entry"] = json!("swipe");
        for emv in ["emv-cvm-9f34", "emv-tvr-95", "emv-cid-9f27", "emv-app-cryptogram-9f26"] {
            view["payment"]["receipt"].as_object_mut().unwrap().remove(emv);
        }
        view["sandbox"] = json!(true);
    });
    golden("signed-merchant", &receipt(&swiped, 0, Copy::Merchant, Duplicate::First));
    assert!(!receipt(&swiped, 0, Copy::Customer, Duplicate::First).to_sign, "the shop keeps what is signed");
}

#[test]
fn reserved_for_less() {
    let less = view(|view| {
        view["payment"]["terms"]["kind"] = json!("preauth");
        view["payment"]["outcome"]["amount"]["minor"] = json!(10_000);
    });
    golden("reserved-for-less", &receipt(&less, 0, Copy::Merchant, Duplicate::First));
}

#[test]
fn not_paid() {
    let reason = json!({"outcome": "declined", "code": "116", "message": "Not sufficient funds"});
    golden("declined", &receipt(&outcome(reason), 0, Copy::Merchant, Duplicate::First));
    let sent = json!({"outcome": "not_charged", "why": "no_connection", "reason": {}});
    golden("not-sent", &receipt(&outcome(sent), 0, Copy::Customer, Duplicate::First));
    let back = json!({"outcome": "given_back", "why": "staff"});
    golden("given-back", &receipt(&outcome(back), 0, Copy::Customer, Duplicate::First));
}

#[test]
fn not_known() {
    let open = view(|view| {
        view["payment"]["state"] = json!("processing");
        view["payment"]["unknown"] = json!(true);
    });
    let slip = receipt(&open, 0, Copy::Customer, Duplicate::First);
    golden("not-known", &slip);
    let text = text::plain(&slip.lines, 42);
    assert!(text.contains("NOT A RECEIPT") && !text.contains("APPROVED") && !text.contains("Sign X"));
}

#[test]
fn done_later() {
    let done = json!("done");
    golden("return", &receipt(&later("return", 500, done.clone()), 1, Copy::Customer, Duplicate::First));
    golden("void", &receipt(&later("void", 12_345, done.clone()), 1, Copy::Merchant, Duplicate::First));
    let mut capture = later("capture", 10_000, done);
    capture.payment.terms.kind = payment::api::Kind::Preauth;
    golden("capture", &receipt(&capture, 1, Copy::Merchant, Duplicate::First));
    let refused = later(
        "return",
        500,
        json!({"refused": {"reason": {"code": "51", "message": "Not enough on the account"}}}),
    );
    golden("return-refused", &receipt(&refused, 1, Copy::Customer, Duplicate::First));
    let unknown = later("return", 500, json!("unknown"));
    golden("return-not-known", &receipt(&unknown, 1, Copy::Customer, Duplicate::First));
}

#[test]
fn erased() {
    let mut old = view(|view| {
        for field in ["cardholder-name", "last-four-digits", "emv-pan-sequence-5f34"] {
            view["payment"]["receipt"].as_object_mut().unwrap().remove(field);
        }
        view["payment"]["terms"]["card"] = json!({"last4": "", "scheme": "Mastercard"});
    });
    old.payment.erased = true;
    golden("erased", &receipt(&old, 0, Copy::Merchant, Duplicate::First));
}

#[test]
fn long_texts_are_never_cut() {
    let long = view(|view| {
        view["merchant"]["name"] = json!("The Corner Shop of Extraordinarily Long Names and Sons, Limited");
        view["payment"]["receipt"]["terminal-id"] = json!("X".repeat(60));
        view["payment"]["receipt"]["cardholder-name"] = json!("MARIA DE LAS MERCEDES FERNANDEZ DE CORDOBA");
        view["link"] = json!(format!("https://gate.example/paynet/view-receipt/1111/{}", "9f3c".repeat(12)));
    });
    golden("long", &receipt(&long, 0, Copy::Merchant, Duplicate::First));
}

/// A sale that is signed, a slip that is not known, and everything that can be done later and fail.
fn in_every_way(language: Language) {
    let code = language.code();
    let keep = |name: &str, view: &ReceiptView, nth: usize, copy: Copy, duplicate: Duplicate| {
        golden(&format!("{code}-{name}"), &receipt_in(language, view, nth, copy, duplicate));
    };
    let mut signed = view(|view| {
        view["payment"]["terms"]["amount"]["minor"] = json!(123_456_789);
        view["payment"]["outcome"]["amount"]["minor"] = json!(123_450_000);
        view["payment"]["receipt"]["emv-cvm-9f34"] = json!("1E0300");
        view["payment"]["terms"]["entry"] = json!("swipe");
        view["sandbox"] = json!(true);
    });
    let again = Duplicate::Again { number: 2, at: 1_450_775_655_000 };
    keep("sale", &signed, 0, Copy::Merchant, again);
    signed.payment.terms.kind = payment::api::Kind::Preauth;
    keep("reservation", &signed, 0, Copy::Customer, Duplicate::NotCounted);
    let open = view(|view| {
        view["payment"]["state"] = json!("processing");
        view["payment"]["unknown"] = json!(true);
    });
    keep("not-known", &open, 0, Copy::Customer, Duplicate::First);
    let reason = json!({"outcome": "declined", "code": "116", "message": "Not sufficient funds"});
    keep("declined", &outcome(reason), 0, Copy::Customer, Duplicate::First);
    for kind in ["return", "void", "capture"] {
        keep(kind, &later(kind, 500, json!("done")), 1, Copy::Merchant, Duplicate::First);
        let refused = json!({"refused": {"reason": {"code": "51"}}});
        keep(&format!("{kind}-refused"), &later(kind, 500, refused), 1, Copy::Customer, Duplicate::First);
    }
}

#[test]
fn in_every_language() {
    for language in [Language::Russian, Language::German, Language::Spanish, Language::Arabic] {
        in_every_way(language);
    }
}

#[test]
fn never_more_than_four_digits_of_the_card() {
    let leaking = view(|view| view["payment"]["receipt"]["last-four-digits"] = json!("5500005555551234"));
    let text = text::plain(&receipt(&leaking, 0, Copy::Merchant, Duplicate::First).lines, 48);
    assert!(text.contains("**** **** **** 1234") && !text.contains("55551234"), "{text}");
}

#[cfg(feature = "escpos")]
#[test]
fn a_printer_gets_the_same_lines_with_its_own_code_and_a_cut() {
    let sale = view(|view| view["merchant"]["footer"] = json!("Merci, à bientôt 5 €"));
    let receipt = receipt(&sale, 0, Copy::Customer, Duplicate::First);
    let bytes = receipt::escpos::bytes(&receipt.lines, 42).unwrap();
    let has = |wanted: &[u8]| bytes.windows(wanted.len()).any(|part| part == wanted);
    assert!(bytes.starts_with(b"\x1b@"), "ESC @ resets it: {:02X?}", &bytes[..8]);
    assert!(has(b"\x1bt\x10"), "ESC t 16: Windows-1252");
    assert!(has("Merci, \u{e0} bient\u{f4}t 5 ".chars().map(|c| c as u8).collect::<Vec<_>>().as_slice()));
    assert!(has(b"5 \x80"), "the euro sign of that page");
    assert!(has(b"\x1bE\x01\x1d!\x01"), "ESC E, GS !: the amount is bold and twice as high");
    assert!(has(b"\x1d(k"), "GS ( k: the code is the printer's own");
    assert!(has(b"https://gate.example/paynet/view-receipt/1111/9f3c"));
    assert!(has(b"\x1dV"), "GS V cuts");
    for row in text::plain(&receipt.lines, 42).lines().filter(|row| row.is_ascii() && !row.is_empty()) {
        assert!(has(row.as_bytes()), "{row}");
    }
}

#[cfg(feature = "escpos")]
#[test]
fn a_printer_has_every_letter_of_the_languages_that_it_prints_as_characters() {
    let mut every = view(|view| view["merchant"]["footer"] = json!(""));
    for language in [Language::Russian, Language::German, Language::Spanish] {
        let file = language::file_of(language, language::Part::Receipt);
        // A text at a time, whatever receipt it is on: the footer is the shop's, and no label.
        for text in file.lines() {
            every.merchant.footer = text.replace(|letter: char| letter.is_control(), "");
            let receipt = receipt_in(language, &every, 0, Copy::Customer, Duplicate::First);
            let bytes = receipt::escpos::bytes(&receipt.lines, 42).unwrap();
            let has_mark = bytes.split(|byte| *byte == b'\n').any(|row| row.contains(&b'?'));
            assert!(!has_mark, "{language:?}: {text}");
        }
    }
}

#[cfg(feature = "escpos")]
#[test]
fn a_printer_gets_no_arabic_as_characters() {
    let sale = view(|_| {});
    let arabic = receipt_in(Language::Arabic, &sale, 0, Copy::Customer, Duplicate::First);
    let refused = receipt::escpos::bytes(&arabic.lines, 42);
    assert!(matches!(refused, Err(receipt::escpos::NotPrintable::Letters)));
    let shop = view(|view| view["merchant"]["name"] = json!("متجر الزاوية"));
    let english = receipt(&shop, 0, Copy::Customer, Duplicate::First);
    let refused = receipt::escpos::bytes(&english.lines, 42);
    assert!(matches!(refused, Err(receipt::escpos::NotPrintable::Letters)), "also of a shop's name");
}

#[cfg(feature = "escpos")]
#[test]
fn a_printer_changes_its_page_where_the_letters_do() {
    let shop = view(|view| {
        view["merchant"]["name"] = json!("Магазин");
        view["merchant"]["footer"] = json!("Schönen Tag");
        view["payment"]["outcome"]["amount"]["minor"] = json!(1_234_500);
    });
    let german = receipt_in(Language::German, &shop, 0, Copy::Customer, Duplicate::First);
    let bytes = receipt::escpos::bytes(&german.lines, 42).unwrap();
    let at = |wanted: &[u8]| bytes.windows(wanted.len()).position(|part| part == wanted);
    let name = at(b"\x8c\x80\x83\x80\x87\x88\x8d").expect("the name in capitals, in code page 866");
    assert!(at(b"\x1bt\x11").is_some_and(|page| page < name));
    assert!(at(b"Sch\xf6nen Tag").is_some_and(|footer| footer > name), "and back");
    assert!(at(b"12.345,00 EUR").is_some());
    let russian = receipt_in(Language::Russian, &shop, 0, Copy::Customer, Duplicate::First);
    let bytes = receipt::escpos::bytes(&russian.lines, 42).unwrap();
    let figures = b"12 345,00 EUR";
    assert!(bytes.windows(figures.len()).any(|part| part == figures), "a space for what does not break");
}

#[cfg(feature = "escpos")]
#[test]
fn a_printer_gets_cyrillic_in_its_page_and_question_marks_for_what_it_lacks() {
    let sale = view(|view| view["merchant"]["footer"] = json!("Спасибо ✓"));
    let receipt = receipt(&sale, 0, Copy::Customer, Duplicate::First);
    let bytes = receipt::escpos::bytes(&receipt.lines, 42).unwrap();
    let spasibo = b"\x91\xaf\xa0\xe1\xa8\xa1\xae ?";
    assert!(bytes.windows(spasibo.len()).any(|part| part == spasibo));
    assert!(bytes.windows(3).any(|part| part == b"\x1bt\x11"), "ESC t 17: code page 866");
}
