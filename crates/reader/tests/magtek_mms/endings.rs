//! How sessions end otherwise than by a decision, and how links do.

use reader::magtek_mms::{
    CardEvent, Command, FrameError, MmsDriver, Notification, Outcome, PowerEvent, Property, Status,
    Technology, tags,
};
use reader::{
    Battery, CardProblem, CardTransaction, Driver, End, Event, Fault, FromReader, Interfaces, Link, Power,
    Prompt, Refused, State, Trace,
};
use tlv::object;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::driver::{
    answer, asking, awaiting, blob, connected, events, hear, in_order, inserted, kind, notify, purchase,
    sent, settle,
};
use crate::wire::bytes;

#[test]
fn what_the_reader_ends_by_itself_is_no_payment() {
    use Technology::{Contact, Contactless};
    for (by, outcome, end) in [
        (None, Outcome::TIMED_OUT, End::TimedOut),
        (None, Outcome::CANCELLED_BY_USER, End::CancelledOnReader),
        (Some(Contact), Outcome::OFFLINE_APPROVED, End::ApprovedOffline),
        (Some(Contact), Outcome::APPROVED, End::ApprovedOffline),
        (Some(Contact), Outcome::OFFLINE_DECLINED, End::DeclinedByCard),
        (Some(Contact), Outcome::DECLINED, End::DeclinedByCard),
        (Some(Contactless), Outcome::FAILED, End::NotUsable { code: 0x0800 }),
    ] {
        let mut driver = inserted();
        let told = notify(&mut driver, 300, Notification::Complete(by, outcome));
        assert_eq!(told, [Event::Ended(end), Event::Prompt(Prompt::RemoveCard)], "{outcome:?}");
    }
}

#[test]
fn an_error_number_is_the_familys_own() {
    let of = |code| CardProblem::of("magtek-mms", code);
    assert_eq!(of(Outcome::TRY_AGAIN.code()), CardProblem::Again);
    assert_eq!(of(Outcome::TRY_ANOTHER_INTERFACE.code()), CardProblem::OtherWay);
    assert_eq!(of(Outcome::CARD_READ_ERROR.code()), CardProblem::OtherCard);
    assert_eq!(of(Status::WRONG_STATE.code()), CardProblem::RestartReader);
    // 1195, with which a Miura demands the chip.
    assert_eq!(CardProblem::of("miura", 0x04AB), CardProblem::UseChip);
    for family in ["magtek-mms", "magtek-v5", ""] {
        assert_eq!(CardProblem::of(family, 0x04AB), CardProblem::Support);
    }
}

#[test]
fn a_card_is_asked_for_again_but_not_for_ever() {
    let mut driver = awaiting();
    let again = Notification::Complete(Some(Technology::Contactless), Outcome::TRY_AGAIN);
    for _ in 0..5 {
        assert_eq!(notify(&mut driver, 200, again), [Event::Prompt(Prompt::TapAgain)]);
        settle(&mut driver, 200, in_order);
    }
    assert_eq!(notify(&mut driver, 200, again), [Event::Ended(End::NotUsable { code: 0x0D00 })]);
}

#[test]
fn a_cancel_is_confirmed_by_answer_and_notification() {
    let mut driver = awaiting();
    driver.abort(200).unwrap();
    settle(&mut driver, 210, in_order);
    assert_eq!((events(&mut driver), driver.state()), (vec![], State::Cancelling));
    let told = notify(&mut driver, 220, Notification::Complete(None, Outcome::CANCELLED_BY_HOST));
    assert_eq!((told, driver.state()), (vec![Event::Ended(End::CancelledOnPage)], State::Idle));

    // Without the notification it is confirmed all the same.
    let mut driver = awaiting();
    driver.abort(200).unwrap();
    settle(&mut driver, 210, in_order);
    driver.handle_timeout(1_210);
    assert_eq!(events(&mut driver), [Event::Ended(End::CancelledOnPage)]);
}

#[test]
fn a_result_that_crosses_a_cancel_is_dropped() {
    for status in [Status::OK, Status::NO_TRANSACTION] {
        let mut driver = inserted();
        driver.abort(200).unwrap();
        let [(reference, Command::Cancel)] = sent(&mut driver)[..] else { panic!("a cancel") };
        let card = bytes("card_data");
        assert_eq!(notify(&mut driver, 210, Notification::CardData(Technology::Contact, &card)), []);
        hear(&mut driver, 220, &answer(reference, 0x1008, status, vec![]));
        driver.handle_timeout(1_220);
        let told = events(&mut driver);
        assert_eq!(told[0], Event::Ended(End::CancelledOnPage));
    }
}

#[test]
fn a_reader_that_cannot_cancel_ends_by_itself() {
    let mut driver = inserted();
    driver.abort(200).unwrap();
    let [(reference, Command::Cancel)] = sent(&mut driver)[..] else { panic!("a cancel") };
    hear(&mut driver, 220, &answer(reference, 0x1008, Status::CANNOT_CANCEL, vec![]));
    let offline = Notification::Complete(Some(Technology::Contact), Outcome::OFFLINE_APPROVED);
    assert_eq!(notify(&mut driver, 300, offline)[0], Event::Ended(End::ApprovedOffline));

    let mut driver = inserted();
    driver.abort(200).unwrap();
    let [(reference, Command::Cancel)] = sent(&mut driver)[..] else { panic!("a cancel") };
    hear(&mut driver, 220, &answer(reference, 0x1008, Status::CANNOT_CANCEL, vec![]));
    driver.handle_timeout(driver.poll_timeout().unwrap());
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Silent)]);
}

#[test]
fn a_card_pulled_while_the_issuer_is_asked() {
    let mut driver = asking();
    let removed = Notification::Card(Technology::Contact, CardEvent::Removed);
    assert_eq!(notify(&mut driver, 400, removed), [Event::CardRemoved]);
    settle(&mut driver, 410, in_order);
    let told = notify(&mut driver, 420, Notification::Complete(None, Outcome::CANCELLED_BY_HOST));
    assert_eq!((told, driver.state()), (vec![Event::Ended(End::CardTakenOut)], State::Idle));
}

#[test]
fn why_a_start_is_refused() {
    for (status, event, state) in [
        (Status::DEVICE_OFFLINE, Event::NotSecure, State::NotSecure),
        (Status::NOT_SECURED, Event::NotSecure, State::NotSecure),
        (Status::NO_KEY, Event::KeysExhausted, State::NotSecure),
        (Status::LOW_BATTERY, Event::Ended(End::NotUsable { code: 0x0316 }), State::Idle),
    ] {
        let mut driver = connected();
        driver.start(100, purchase(456)).unwrap();
        let [(reference, Command::Start(_))] = sent(&mut driver)[..] else { panic!("a start") };
        events(&mut driver);
        hear(&mut driver, 110, &answer(reference, 0x1001, status, vec![]));
        assert_eq!((events(&mut driver), driver.state()), (vec![event], state));
    }
}

#[test]
fn answers_belong_to_their_questions() {
    let mut driver = connected();
    driver.start(100, purchase(456)).unwrap();
    let [(reference, Command::Start(_))] = sent(&mut driver)[..] else { panic!("a start") };
    let started = answer(reference, 0x1001, Status::STARTED, vec![]);
    hear(&mut driver, 110, &started);
    hear(&mut driver, 110, &started);
    events(&mut driver);
    assert_eq!(driver.state(), State::AwaitingCard, "said twice");
    hear(&mut driver, 120, &answer(reference.wrapping_sub(9), 0x1001, Status::STARTED, vec![]));
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Unexpected)]);
}

#[test]
fn a_delayed_value_is_waited_for() {
    let mut driver = connected();
    driver.handle_timeout(2_030);
    let [(reference, Command::Property(Property::Serial))] = sent(&mut driver)[..] else { panic!("serial") };
    hear(&mut driver, 2_040, &answer(reference, 0xD101, Status::STARTED, vec![]));
    let value = Property::Serial.parameters(&[0xB5, 0x71, 0xAF, 0x20]);
    hear(&mut driver, 2_050, &answer(reference, 0xD101, Status::OK, value));
    assert_eq!((driver.state(), driver.poll_timeout()), (State::Idle, Some(4_050)));
}

#[test]
fn a_silent_reader_is_known_within_five_seconds() {
    let mut driver = connected();
    let mut now = 30;
    while driver.state() != State::Broken {
        now = driver.poll_timeout().unwrap();
        driver.handle_timeout(now);
    }
    assert!(now <= 5_000, "{now}");
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Silent)]);
}

#[test]
fn another_reader_on_the_same_link_breaks_it() {
    let mut driver = connected();
    driver.handle_timeout(2_030);
    settle(&mut driver, 2_040, |_| Some(vec![0xB6, 0x13, 0x78, 0xA0]));
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Unexpected)]);
}

#[test]
fn power_events() {
    let mut driver = connected();
    assert_eq!(notify(&mut driver, 100, Notification::Power(PowerEvent::Restarted)), [], "nothing to lose");
    let low = notify(&mut driver, 100, Notification::Power(PowerEvent::LowBattery(13)));
    assert_eq!(low, [Event::Battery(Battery { percent: 13, power: Power::Battery })]);
    let off = notify(&mut driver, 100, Notification::Power(PowerEvent::SwitchingOff));
    assert_eq!(off, [Event::Broken(Fault::Restarted)]);
    let restarted = notify(&mut awaiting(), 200, Notification::Power(PowerEvent::Restarted));
    assert_eq!(restarted, [Event::Broken(Fault::Restarted)]);
}

#[test]
fn a_damaged_frame_ends_the_session() {
    let mut driver = awaiting();
    driver.handle(200, FromReader::Input { id: 0, data: vec![0x07; 64] });
    assert_eq!(events(&mut driver), [Event::Broken(Fault::MmsFrame(FrameError::PacketType(7)))]);
    let mut driver = awaiting();
    driver.handle(200, FromReader::Input { id: 0, data: vec![0x00, 0x01, 0xAA] });
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Unexpected)]);
    let mut driver = awaiting();
    driver.handle(200, FromReader::Bytes(vec![0xC0]));
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Unexpected)]);
}

#[test]
fn a_dynaprox_reads_contactless_only() {
    let mut driver = MmsDriver::new(Link::Serial);
    let chip = Interfaces { contactless: false, ..Interfaces::ALL };
    assert_eq!(
        driver.start(0, CardTransaction { interfaces: chip, ..purchase(1) }),
        Err(Refused::Interfaces)
    );
    assert_eq!(driver.start(0, purchase(1_000_000_000_000)), Err(Refused::Amount));
    assert_eq!(driver.start(0, purchase(1)), Err(Refused::Busy));
}

#[test]
fn messages_are_named_and_never_shown() {
    let mut driver = inserted();
    while driver.poll_trace().is_some() {}
    let card = bytes("card_data");
    notify(&mut driver, 300, Notification::CardData(Technology::Contact, &card));
    driver.end_card(400, true);
    let traces: Vec<_> = std::iter::from_fn(|| driver.poll_trace()).collect();
    let name = "TRANSACTION_INFORMATION_UPDATE";
    assert_eq!(traces[0], Trace { from_reader: true, name, len: card.len() + 14 + 4 + 2 + 4 });
    assert_eq!((traces[1].name, traces[1].from_reader), ("RESUME_TRANSACTION", false));
}

#[test]
fn a_card_that_is_no_bank_card_is_dropped() {
    let mut driver = awaiting();
    notify(&mut driver, 200, Notification::Card(Technology::Stripe, CardEvent::Swiped));
    let objects = [kind(0), object(tags::MASKED_TRACK_2, b";98765432109876543210?")].concat();
    let loyalty = blob(&objects, &[7; 8]);
    assert_eq!(notify(&mut driver, 210, Notification::CardData(Technology::Stripe, &loyalty)), []);
    settle(&mut driver, 220, in_order);
    let told = notify(&mut driver, 230, Notification::Complete(None, Outcome::CANCELLED_BY_HOST));
    assert_eq!((told, driver.state()), (vec![Event::Ended(End::NotUsable { code: 0 })], State::Idle));
}
