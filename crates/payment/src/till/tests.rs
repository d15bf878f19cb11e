//! The page's rules, case by case.

use super::*;
use crate::money::Currency;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const START: u64 = 1_800_000_000_000;

fn pay() -> Attempt {
    let draft = Draft {
        attempt: AttemptId::from_random([3; 20]),
        kind: Kind::Sale,
        amount: Amount::new(2_000, Currency::from_code("EUR").unwrap()),
        tip: None,
        reference: None,
        description: None,
        email: None,
        paid_at: START,
    };
    let (attempt, effects) = Attempt::pay(draft);
    assert_eq!(
        effects,
        [Effect::Journal, Effect::StartReader],
        "the intent is stored before the reader starts"
    );
    attempt
}

fn card(entry: Entry) -> Event {
    Event::CardRead(Box::new(CardRead {
        entry,
        reader: ReaderName { family: "miura".into(), serial: "1".into(), emulated: false },
        card: CardMask::default(),
        data: EncryptedData::new("E4".into()),
    }))
}

fn sent(entry: Entry) -> Attempt {
    let (attempt, effects) = pay().handle(card(entry), START);
    assert!(matches!(effects[..], [Effect::Journal, Effect::Post(_)]), "stored before it is posted");
    attempt
}

fn view(attempt: &Attempt, state: PaymentState) -> TillView {
    let sent = sent(Entry::Chip);
    let State::AwaitAcceptance(sending) = sent.state else { unreachable!() };
    TillView {
        terms: Terms { attempt: attempt.draft.attempt.clone(), ..sending.terms },
        state,
        order_id: Some("7781".into()),
        stage: None,
        needs_person: None,
        accepted_at: START,
        next_poll_ms: 1_000,
    }
}

fn awaiting_decision() -> Attempt {
    let attempt = sent(Entry::Chip);
    let issuer = IssuerAnswer { response_code: "00".into(), data: None };
    let view = view(&attempt, PaymentState::AwaitCard { issuer: issuer.clone() });
    let (attempt, effects) = attempt.handle(Event::Posted(Posted::View(Box::new(view))), START);
    assert_eq!(effects, [Effect::Journal, Effect::ContinueCard(issuer)]);
    attempt
}

#[test]
fn an_answer_that_was_overtaken_does_not_ask_the_card_again() {
    let issuer = IssuerAnswer { response_code: "00".into(), data: None };
    for overtaken in [
        PaymentState::Processing { unknown: false, online_check: false },
        PaymentState::Processing { unknown: true, online_check: false },
        PaymentState::Searching,
    ] {
        let attempt = awaiting_decision();
        let late = view(&attempt, overtaken);
        let (attempt, effects) = attempt.handle(Event::Told(Some(late)), START);
        assert_eq!(effects, []);
        assert!(matches!(attempt.state, State::AwaitCardDecision(_)), "{attempt:?}");
        let again = view(&attempt, PaymentState::AwaitCard { issuer: issuer.clone() });
        let (attempt, effects) = attempt.handle(Event::Told(Some(again)), START);
        assert!(!effects.contains(&Effect::ContinueCard(issuer.clone())), "{effects:?}");
        let decided = Event::CardDecided { approved: true, data: EncryptedData::new("E5".into()) };
        let (_, effects) = attempt.handle(decided, START);
        assert!(matches!(effects[..], [Effect::Journal, ..]), "the card's word is stored: {effects:?}");
    }
}

#[test]
fn cancel_ends_once_the_reader_has_confirmed() {
    let (attempt, effects) = pay().handle(Event::Cancel, START);
    assert_eq!(effects, [Effect::Journal, Effect::StopReader]);
    // A card that comes in the same moment changes nothing: it is not sent.
    let (attempt, effects) = attempt.handle(card(Entry::Swipe), START);
    assert_eq!(effects, []);
    let (attempt, _) = attempt.handle(Event::ReaderStopped, START);
    assert_eq!(attempt.state, State::Finished(None, End::NotSent(NotSent::Cancelled)));
}

#[test]
fn cancel_means_nothing_once_sending_began() {
    let attempt = sent(Entry::Swipe);
    assert!(!attempt.can_cancel());
    let (after, effects) = attempt.clone().handle(Event::Cancel, START);
    assert_eq!((after, effects), (attempt, vec![]));
}

#[test]
fn nobody_presents_a_card() {
    let attempt = pay();
    assert_eq!(attempt.wake_at(), Some(START + CARD_WAIT_MS));
    let (attempt, _) = attempt.handle(Event::KeepWaiting, START + 30_000);
    let (attempt, effects) = attempt.handle(Event::Tick, START + CARD_WAIT_MS);
    assert_eq!(effects, [], "the wait was extended");
    let (_, effects) = attempt.handle(Event::Tick, START + 30_000 + CARD_WAIT_MS);
    assert_eq!(effects, [Effect::Journal, Effect::StopReader]);
}

#[test]
fn an_unanswered_post_repeats_the_same_bytes_and_then_abandons() {
    let mut attempt = sent(Entry::Swipe);
    let mut posts = 1;
    let mut now = START;
    let abandon = loop {
        let (next, effects) = attempt.handle(Event::Posted(Posted::NoAnswer), now);
        attempt = next;
        if let [Effect::Journal, Effect::Abandon(abandon)] = &effects[..] {
            break abandon.clone();
        }
        now = attempt.wake_at().unwrap();
        let (next, effects) = attempt.handle(Event::Tick, now);
        attempt = next;
        match &effects[..] {
            [Effect::Post(start)] => {
                assert_eq!(start.encrypted_data, EncryptedData::new("E4".into()));
                posts += 1;
            }
            [Effect::Journal, Effect::Abandon(abandon)] => break abandon.clone(),
            effects => panic!("{effects:?}"),
        }
    };
    assert!(posts > 3 && now - START >= POST_WAIT_MS);
    assert!(abandon.sent, "only the gateway can say that nothing was charged");
    assert!(matches!(attempt.state, State::Unresolved(_, Unsure::NoAnswer { sent: true })));
    let (attempt, _) = attempt.handle(Event::Abandoned(Some(None)), now);
    assert!(matches!(attempt.state, State::Finished(_, End::Result(Outcome::NotCharged { .. }))));
}

#[test]
fn each_reload_goes_where_the_design_says() {
    let restored = |attempt: Attempt| {
        let saved = serde_json::to_string(&attempt).unwrap();
        assert!(
            !saved.contains("\"E4\"") && !saved.contains("\"E3\""),
            "no card data in the journal: {saved}"
        );
        serde_json::from_str::<Attempt>(&saved).unwrap().restore(START + 1)
    };
    // Before the card, at the PIN, and with the card read but not posted.
    let (attempt, effects) = restored(pay());
    assert_eq!(attempt.state, State::Finished(None, End::NotSent(NotSent::Interrupted)));
    assert_eq!(effects, [Effect::Journal]);
    // Posted, unanswered.
    let (_, effects) = restored(sent(Entry::Swipe));
    assert!(matches!(&effects[..], [Effect::Journal, Effect::Abandon(a)] if a.sent));
    // While the card should check the bank's answer: it never will.
    let (_, effects) = restored(awaiting_decision());
    assert_eq!(effects, [Effect::Journal, Effect::PostCardLost(CardLost { card_said: None })]);
    // The card has decided; its word is in the journal, its data is not.
    let decided = Event::CardDecided { approved: true, data: EncryptedData::new("E3".into()) };
    let (attempt, effects) = awaiting_decision().handle(decided, START);
    assert!(
        matches!(effects[..], [Effect::Journal, Effect::PostAdvice(_)]),
        "journalled before it is posted"
    );
    let (_, effects) = restored(attempt);
    assert_eq!(effects, [Effect::Journal, Effect::PostCardLost(CardLost { card_said: Some(true) })]);
}

#[test]
fn a_reload_while_polling_asks_how_it_stands() {
    let attempt = sent(Entry::Swipe);
    let processing = PaymentState::Processing { unknown: false, online_check: false };
    let view = view(&attempt, processing);
    let (attempt, effects) = attempt.handle(Event::Posted(Posted::View(Box::new(view))), START);
    assert_eq!(effects, [Effect::Journal]);
    let (_, effects) = attempt.restore(START + 1);
    assert_eq!(effects, [Effect::Journal, Effect::Poll]);
}

#[test]
fn a_proxy_that_has_lost_the_payment_is_made_to_ask_the_gateway() {
    let asked = |step: Step| {
        let (attempt, effects) = step;
        let unsure = Unsure::NoAnswer { sent: true };
        assert!(matches!(&attempt.state, State::Unresolved(_, why) if *why == unsure), "{attempt:?}");
        assert!(
            matches!(&effects[..], [Effect::Journal, Effect::Abandon(abandon)] if abandon.sent),
            "{effects:?}"
        );
    };
    let posted = |entry| {
        let attempt = sent(entry);
        let state = PaymentState::Processing { unknown: false, online_check: false };
        let view = view(&attempt, state);
        attempt.handle(Event::Posted(Posted::View(Box::new(view))), START).0
    };
    let decided = Event::CardDecided { approved: true, data: EncryptedData::new("E3".into()) };
    for attempt in [posted(Entry::Swipe), awaiting_decision(), awaiting_decision().handle(decided, START).0] {
        asked(attempt.handle(Event::NotKnown, START));
    }
    let (attempt, _) = pay().handle(Event::NotKnown, START);
    assert!(attempt.can_cancel(), "it says nothing of what was not sent");
}

#[test]
fn another_attempts_answer_is_no_answer() {
    let attempt = sent(Entry::Swipe);
    let outcome = Outcome::Approved { amount: attempt.draft.amount };
    let mut view = view(&attempt, PaymentState::Final { outcome });
    view.terms.attempt = AttemptId::from_random([9; 20]);
    let (attempt, _) = attempt.handle(Event::Posted(Posted::View(Box::new(view))), START);
    assert!(matches!(attempt.state, State::AwaitAcceptance(_)));
}

#[test]
fn every_end_of_the_money_ends_the_card_session() {
    for (outcome, approved) in [
        (Outcome::Approved { amount: pay().draft.amount }, true),
        (Outcome::Declined(crate::api::Reason::default()), false),
    ] {
        let attempt = sent(Entry::Chip);
        let view = view(&attempt, PaymentState::Final { outcome });
        let (_, effects) = attempt.handle(Event::Posted(Posted::View(Box::new(view))), START);
        assert_eq!(effects, [Effect::Journal, Effect::EndCard { approved }]);
    }
}

#[test]
fn a_return_that_staff_asked_for_is_not_forgotten_over_a_late_answer() {
    let attempt = sent(Entry::Swipe);
    let amount = attempt.draft.amount;
    let approved = view(&attempt, PaymentState::Final { outcome: Outcome::Approved { amount } });
    let (attempt, _) = attempt.handle(Event::Posted(Posted::View(Box::new(approved.clone()))), START);
    let (attempt, effects) = attempt.handle(Event::GiveBack, START);
    assert_eq!(effects, [Effect::Journal, Effect::GiveBack]);
    // From before the return, or because the request was lost: in both cases it is asked for until the proxy has it.
    let (attempt, effects) = attempt.handle(Event::Told(Some(approved.clone())), START);
    assert_eq!(effects, []);
    let at = attempt.wake_at().expect("it is asked for again");
    let (attempt, effects) = attempt.handle(Event::Tick, at);
    assert_eq!(effects, [Effect::GiveBack]);
    let (_, effects) = attempt.clone().restore(at);
    assert_eq!(effects, [Effect::Journal, Effect::GiveBack], "and after a restart");
    let why = crate::api::GiveBackReason::Staff;
    let giving = TillView { state: PaymentState::GivingBack { why }, ..approved };
    let (attempt, _) = attempt.handle(Event::Told(Some(giving)), at);
    let (attempt, effects) = attempt.clone().handle(Event::Tick, attempt.wake_at().unwrap());
    assert_eq!(effects, [Effect::Poll]);
    // A proxy whose store was put back does not return it any more.
    let approved = view(&attempt, PaymentState::Final { outcome: Outcome::Approved { amount } });
    let (attempt, _) = attempt.handle(Event::Told(Some(approved)), at);
    let (_, effects) = attempt.clone().handle(Event::Tick, attempt.wake_at().unwrap());
    assert_eq!(effects, [Effect::GiveBack]);
    // One that does not know the payment at all looks for it at the gateway; the page still means to return it, and
    // says nothing else of what it has shown as approved.
    let (attempt, effects) = attempt.handle(Event::NotKnown, at);
    assert!(matches!(effects[..], [Effect::Abandon(_)]), "{effects:?}");
    let why = crate::api::NotCharged::NeverArrived;
    let outcome = Outcome::NotCharged { why, reason: crate::api::Reason::default() };
    let denied = view(&attempt, PaymentState::Final { outcome });
    let (attempt, _) = attempt.handle(Event::Abandoned(Some(Some(denied.clone()))), at);
    let (attempt, effects) = attempt.clone().handle(Event::Tick, attempt.wake_at().unwrap());
    assert_eq!(effects, [Effect::GiveBack]);
    let (attempt, _) = attempt.handle(Event::Told(Some(denied)), at);
    assert!(matches!(attempt.state, State::Unresolved(_, Unsure::GivingBack)), "{attempt:?}");
}

#[test]
fn two_minutes_without_a_result_is_not_known_yet() {
    let attempt = sent(Entry::Swipe);
    let processing = PaymentState::Processing { unknown: false, online_check: false };
    let told = Event::Told(Some(view(&attempt, processing)));
    let (attempt, _) = attempt.handle(told.clone(), START + FINAL_WAIT_MS);
    assert!(matches!(attempt.state, State::AwaitAcceptance(_)), "only the post's own answer accepts it");
    let Event::Told(Some(view)) = told else { unreachable!() };
    let (attempt, _) = attempt.handle(Event::Posted(Posted::View(Box::new(view))), START + FINAL_WAIT_MS);
    assert!(matches!(attempt.state, State::Unresolved(_, Unsure::Slow)));
}

#[test]
fn a_readers_number_is_kept_with_its_family_and_read_without() {
    let why = |family: &str| NotSent::NotUsable { family: family.to_owned(), code: 1195 };
    let (attempt, _) = pay().handle(Event::NotSent(why("miura")), START);
    let saved = serde_json::to_string(&attempt).unwrap();
    assert_eq!(serde_json::from_str::<Attempt>(&saved).unwrap(), attempt);
    let older = saved.replace(r#""family":"miura","#, "");
    assert_ne!(older, saved);
    let (expected, _) = pay().handle(Event::NotSent(why("")), START);
    assert_eq!(serde_json::from_str::<Attempt>(&older).unwrap(), expected);
}
