//! How card sessions end: refusals by the reader, stripes, crossed cancels, and the money's own end.

use reader::miura::{Answer, Command, Message, Node, StatusWord, encode};
use reader::{
    CardProblem, CardTransaction, Driver, End, Entry, Event, Fault, Interfaces, IssuerAnswer, Prompt, State,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::driver::{
    CHIP_OR_SWIPE, Hear, answer, awaiting, connected, e4, events, frame, purchase, reading_chip, sent, settle,
};

const REMOVE: Event = Event::Prompt(Prompt::RemoveCard);

/// A swipe of which nothing could be read.
fn unreadable() -> Vec<u8> {
    encode(&Answer { status: StatusWord::OK, body: &[0xE1, 4, 0x48, 2, 0, 0x01] }.message(true))
}

/// Contactless is outstanding.
fn tapping(interfaces: Interfaces) -> reader::miura::MiuraDriver {
    let mut driver = connected();
    driver.start(100, CardTransaction { interfaces, ..purchase(456) }).unwrap();
    settle(&mut driver, 100);
    driver.hear(100, &frame("REM"));
    settle(&mut driver, 100);
    events(&mut driver);
    driver
}

#[test]
fn a_chip_that_the_reader_refuses_ends_with_the_vendors_number() {
    for (word, code) in [(0x9F25, 1037), (0x9F40, 1064), (0x9F22, 1034), (0x9F21, 1033), (0x6D00, 1000)] {
        let mut driver = reading_chip();
        driver.hear(300, &answer(word, &[]));
        assert_eq!(events(&mut driver), [Event::Ended(End::NotUsable { code }), REMOVE], "{word:04X}");
    }
}

#[test]
fn only_an_unsupported_or_unreadable_chip_may_be_swiped() {
    for word in [0x9F28, 0x9F30] {
        let mut driver = reading_chip();
        driver.hear(300, &answer(word, &[]));
        assert_eq!(events(&mut driver), [Event::Prompt(Prompt::SwipeInstead)]);
        settle(&mut driver, 300);
        driver.hear(400, &frame("REM"));
        driver.hear(500, &frame("SWIPE"));
        assert!(matches!(events(&mut driver)[..], [Event::CardRemoved, Event::CardRead(_)]));
    }
    let mut invalid = reading_chip();
    invalid.hear(300, &answer(0x9F25, &[]));
    events(&mut invalid);
    settle(&mut invalid, 300);
    invalid.hear(400, &frame("SWIPE"));
    assert!(!events(&mut invalid).iter().any(|event| matches!(event, Event::CardRead(_))));
}

#[test]
fn a_tap_that_the_reader_refuses_leads_to_another_way() {
    let others = Event::Prompt(Prompt::PresentCard(CHIP_OR_SWIPE));
    for (word, told) in [
        (0x9FC1, others.clone()),
        (0x9FC2, others.clone()),
        (0x9F28, others.clone()),
        (0x9FCF, others),
        (0x9FC3, Event::Prompt(Prompt::InsertCard)),
        (0x9F30, Event::Prompt(Prompt::TapAgain)),
    ] {
        let mut driver = tapping(Interfaces::ALL);
        driver.hear(200, &answer(word, &[]));
        assert_eq!((events(&mut driver), driver.state()), (vec![told], State::AwaitingCard), "{word:04X}");
        let again = sent(&mut driver).iter().any(|command| matches!(command, Command::StartContactless(_)));
        assert_eq!(again, word == 0x9F30);
    }
    // No other way is open.
    let tap_only = Interfaces { chip: false, contactless: true, swipe: false };
    for (word, code) in [(0x9FC1, 1193), (0x9FC2, 1194), (0x9FC3, 1195), (0x9FCF, 1207), (0x9F25, 1037)] {
        let mut driver = tapping(tap_only);
        driver.hear(200, &answer(word, &[]));
        assert_eq!(events(&mut driver), [Event::Ended(End::NotUsable { code })], "{word:04X}");
    }
}

#[test]
fn three_swipes_that_cannot_be_read_end_it() {
    let again = Event::Prompt(Prompt::SwipeAgain);
    let mut driver = awaiting(CHIP_OR_SWIPE);
    driver.hear(200, &unreadable());
    driver.hear(210, &unreadable());
    assert_eq!(events(&mut driver), [again.clone(), again.clone()]);
    driver.hear(220, &unreadable());
    settle(&mut driver, 220);
    assert_eq!(events(&mut driver), [Event::Ended(End::NotUsable { code: 103 })]);
    assert_eq!((CardProblem::of("miura", 103), driver.state()), (CardProblem::OtherCard, State::Idle));

    // The reader takes taps meanwhile: it is stopped first.
    let mut driver = tapping(Interfaces::ALL);
    (0..3).for_each(|_| driver.hear(200, &unreadable()));
    assert_eq!(events(&mut driver), [again.clone(), again]);
    assert_eq!(sent(&mut driver), [Command::Abort]);
    driver.hear(210, &frame("OK"));
    driver.hear(210, &frame("E9F41"));
    assert_eq!(events(&mut driver), [Event::Ended(End::NotUsable { code: 103 })]);
}

#[test]
fn a_reader_without_keys_left_ends_the_payment_and_is_not_used_again() {
    let ended = Event::Ended(End::NotUsable { code: 1224 });
    let mut tap = tapping(Interfaces::ALL);
    tap.hear(200, &answer(0x9FE0, &[]));
    assert_eq!((events(&mut tap), tap.state()), (vec![ended.clone(), Event::NotSecure], State::NotSecure));

    let mut chip = reading_chip();
    chip.hear(300, &answer(0x9FE0, &[]));
    assert_eq!(events(&mut chip), [ended, REMOVE], "first the card comes out");
    settle(&mut chip, 300);
    chip.hear(400, &frame("REM"));
    assert_eq!(events(&mut chip), [Event::CardRemoved, Event::NotSecure]);
    assert_eq!(chip.state(), State::NotSecure);
    assert_eq!(CardProblem::of("miura", 1224), CardProblem::ReaderKeys);
}

#[test]
fn what_the_reader_lacks_is_told_by_name() {
    let mut driver = reading_chip();
    driver.hear(300, &answer(0x9F27, &[0x9F, 0x02, 0x5F, 0x2A]));
    let missing = Event::Missing(vec!["9F02".to_owned(), "5F2A".to_owned()]);
    assert_eq!(events(&mut driver), [missing, Event::Ended(End::NotUsable { code: 1039 }), REMOVE]);

    let mut driver = reading_chip();
    driver.hear(300, &answer(0x9F2A, b"emv.cfg"));
    let missing = Event::Missing(vec!["emv.cfg".to_owned()]);
    assert_eq!(events(&mut driver), [missing, Event::Ended(End::NotUsable { code: 1042 }), REMOVE]);
}

#[test]
fn a_decision_that_the_reader_asks_for_is_not_made() {
    let mut driver = reading_chip();
    driver.hear(300, &answer(0x9000, &[0xE2, 3, 0xC0, 1, 0]));
    assert_eq!((sent(&mut driver), driver.state()), (vec![Command::Abort], State::Cancelling));
    driver.hear(310, &frame("OK"));
    settle(&mut driver, 310);
    assert_eq!(events(&mut driver), [Event::Ended(End::NotUsable { code: 1000 }), REMOVE]);
}

#[test]
fn reports_in_the_middle_of_an_answer_do_not_disturb_it() {
    let other = Message { node: Node::PosInterface, unsolicited: true, info: vec![0x55; 300].into() };
    let (other, e4) = (encode(&other), e4());
    let mut driver = reading_chip();
    // Between command and answer, then inside both chains.
    driver.hear(250, &frame("E6PIN"));
    for part in [&e4[..258], &other[..258], &other[258..], &e4[258..]] {
        driver.hear(300, part);
    }
    let told = events(&mut driver);
    assert!(
        matches!(&told[..], [Event::Prompt(Prompt::PinOk), Event::CardRead(read)] if read.entry == Entry::Chip)
    );

    // The same node never speaks of two things in one chain.
    let mut driver = reading_chip();
    driver.hear(300, &e4[..258]);
    driver.hear(300, &frame("E6PIN"));
    assert!(matches!(events(&mut driver)[..], [Event::Broken(Fault::Frame(_))]));
}

#[test]
fn an_approval_without_the_issuer_that_crosses_an_abort_is_told() {
    for flipped in [false, true] {
        for (template, end) in [(0xE3, End::ApprovedOffline), (0xE5, End::CancelledOnPage)] {
            let mut driver = reading_chip();
            driver.abort(300).unwrap();
            let answers = [answer(0x9000, &[template, 0]), frame("OK")];
            let [first, second] =
                if flipped { [&answers[1], &answers[0]] } else { [&answers[0], &answers[1]] };
            driver.hear(310, first);
            assert_eq!(driver.state(), State::Cancelling);
            driver.hear(320, second);
            assert_eq!(events(&mut driver)[0], Event::Ended(end));
        }
    }
}

#[test]
fn a_late_answer_of_an_aborted_transaction_is_waited_for() {
    let mut driver = reading_chip();
    driver.abort(300).unwrap();
    driver.hear(310, &frame("OK"));
    assert_eq!(driver.start(320, purchase(1)), Err(reader::Refused::Busy));
    driver.hear(4_000, &e4());
    assert_eq!(events(&mut driver)[0], Event::Ended(End::CancelledOnPage), "the blob is dropped");
    assert!(sent(&mut driver).iter().all(|command| !matches!(command, Command::Continue(_))));

    // Later than that nothing is an answer any more.
    let mut driver = reading_chip();
    driver.abort(300).unwrap();
    driver.hear(310, &frame("OK"));
    driver.handle_timeout(5_300);
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Silent)]);
    driver.hear(5_400, &e4());
    assert_eq!(events(&mut driver), []);
}

#[test]
fn every_end_of_the_money_ends_the_card_session() {
    let word = |approved| if approved { *b"00" } else { *b"Z1" };
    for approved in [true, false] {
        let mut chip = reading_chip();
        chip.hear(300, &e4());
        events(&mut chip);
        chip.end_card(400, approved);
        let objects = IssuerAnswer::new(word(approved), &[]).unwrap().objects();
        assert_eq!(sent(&mut chip), [Command::Continue(objects)]);
        chip.hear(500, &answer(0x9000, &[if approved { 0xE3 } else { 0xE5 }, 0]));
        assert_eq!((events(&mut chip).last(), chip.state()), (Some(&REMOVE), State::AwaitingRemoval));
    }
    // Cancelled before anything was sent: ABORT.
    let mut chip = reading_chip();
    chip.hear(300, &e4());
    chip.abort(400).unwrap();
    assert_eq!(sent(&mut chip), [Command::Abort]);
    // Nothing to end after a stripe.
    let mut swiped = awaiting(CHIP_OR_SWIPE);
    swiped.hear(200, &unreadable());
    swiped.end_card(300, true);
    assert_eq!(swiped.state(), State::AwaitingCard, "the money cannot end before it began");
}

#[test]
fn progress_after_the_reading_is_nobodys_business() {
    let mut driver = reading_chip();
    driver.hear(300, &e4());
    events(&mut driver);
    driver.hear(310, &frame("E6PIN"));
    assert_eq!(events(&mut driver), []);
}

#[test]
fn pin_progress_is_told_with_the_tries_that_are_left() {
    let report = |body: &str| {
        let body = hex::decode(body.replace(' ', "")).unwrap();
        encode(&Answer { status: StatusWord::OK, body: &body }.message(true))
    };
    for (body, prompt) in [
        ("E6 08 C30102 DFA2010102", Prompt::EnterPin { digits: 2 }),
        ("E6 08 C30102 DFA1010102", Prompt::EnterPin { digits: 2 }),
        ("E6 0B C30102 C50102 DFA2020103", Prompt::WrongPin { tries_left: Some(2) }),
        ("E6 08 C30102 DFA2020103", Prompt::WrongPin { tries_left: None }),
        ("E6 08 C30102 DFA2020101", Prompt::LastPinTry),
        ("E6 06 C30102 C50101", Prompt::LastPinTry),
        ("E6 08 C30102 DFA2020104", Prompt::EnterPin { digits: 0 }),
        ("E6 03 C30103", Prompt::ChooseApplication),
    ] {
        let mut driver = reading_chip();
        driver.hear(300, &report(body));
        assert_eq!(events(&mut driver), [Event::Prompt(prompt)], "{body}");
    }
    let mut driver = reading_chip();
    driver.hear(300, &report("E6 08 C30102 DFA2020105"));
    assert_eq!(events(&mut driver), [], "all digits are in: what is asked for stays");
}
