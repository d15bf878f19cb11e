//! The order's rules, case by case: one input, exactly these effects.

use super::*;
use crate::api::{CardMask, Entry, IssuerAnswer, Kind, ReaderName};
use crate::attempt::AttemptId;
use crate::money::Currency;
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

pub(in crate::order) const START: u64 = 1_800_000_000_000;
pub(in crate::order) const MINUTE: u64 = 60_000;

fn terms(entry: Entry) -> Terms {
    Terms {
        attempt: AttemptId::from_random([7; 20]),
        kind: Kind::Sale,
        amount: Amount::new(2_000, Currency::from_code("EUR").unwrap()),
        entry,
        reader: ReaderName { family: "miura".into(), serial: "1".into(), emulated: false },
        card: CardMask::default(),
        tip: None,
        reference: None,
        description: None,
        email: None,
    }
}

pub(in crate::order) fn report(status: Status) -> Report {
    Report {
        attempt: AttemptId::from_random([7; 20]).to_string(),
        order_id: "7781".into(),
        transaction: Some(Transaction::Sale),
        status,
        amount: Some(Amount::new(2_000, Currency::from_code("EUR").unwrap())),
        serial_number: None,
        stage: None,
        awaits_card: false,
        issuer: None,
        online_check: false,
        reason: Reason::default(),
        receipt: BTreeMap::new(),
        gate: None,
    }
}

pub(in crate::order) fn told(report: Report) -> Event {
    Event::Status(Answer::Report(Box::new(report)))
}

/// An order and its clock.
pub(in crate::order) struct Rig {
    pub(in crate::order) order: Order,
    pub(in crate::order) rules: Rules,
    pub(in crate::order) now: u64,
}

impl Rig {
    fn accepted(entry: Entry) -> Self {
        let (order, effects) = Order::accept(terms(entry), START);
        assert_eq!(effects, [Effect::Submit]);
        Self { order, rules: Rules::default(), now: START }
    }

    pub(in crate::order) fn following(entry: Entry) -> Self {
        let mut rig = Self::accepted(entry);
        let accepted = Submission::Accepted { order_id: "7781".into(), serial_number: None };
        assert_eq!(rig.handle(Event::Submitted(accepted)), [Effect::ForgetCardData]);
        rig
    }

    pub(in crate::order) fn handle(&mut self, event: Event) -> Vec<Effect> {
        let (order, effects) = self.order.clone().handle(event, &self.rules, self.now);
        self.order = order;
        effects
    }

    /// Moves the clock to the next wake-up and expects a question there.
    pub(in crate::order) fn asks(&mut self) -> u64 {
        self.now = self.order.wake_at().expect("nothing more to ask").max(self.now);
        assert_eq!(self.handle(Event::Tick), [Effect::Ask]);
        self.now - START
    }
}

fn not_charged(why: NotCharged) -> State {
    State::Final(Outcome::NotCharged { why, reason: Reason::default() })
}

#[test]
fn no_connection_and_refusal_are_certain() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::NoConnection));
    assert_eq!(rig.order.state, not_charged(NotCharged::NoConnection));
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Refused(NotCharged::Refused, Reason::default())));
    assert_eq!(rig.order.state, not_charged(NotCharged::Refused));
    assert_eq!(rig.order.wake_at(), None);
}

#[test]
fn a_duplicate_id_means_that_the_order_exists() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Duplicate));
    rig.asks();
    rig.handle(Event::Status(Answer::NotFound));
    assert!(
        matches!(rig.order.state, State::Following { .. }),
        "not found is not believed of an order that exists"
    );
}

#[test]
fn never_arrived_needs_three_denials_and_one_after_the_grace() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Lost));
    let mut asked = vec![];
    while matches!(rig.order.state, State::Searching(_)) {
        asked.push(rig.asks());
        rig.handle(Event::Status(Answer::NotFound));
    }
    assert_eq!(asked, [0, 2_000, 4_000, 60_000]);
    assert_eq!(rig.order.state, not_charged(NotCharged::NeverArrived));
    let mut watched = vec![];
    while rig.order.wake_at().is_some() {
        watched.push(rig.asks() / MINUTE);
        rig.handle(Event::Status(Answer::NotFound));
    }
    assert_eq!(watched, [10, 60, 24 * 60]);
}

/// A question that nobody answered for most of the grace has heard no denial in it.
#[test]
fn the_grace_runs_from_the_first_denial() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Lost));
    rig.asks();
    rig.now += 50_000;
    rig.handle(Event::Status(Answer::Lost));
    let first = rig.asks();
    rig.handle(Event::Status(Answer::NotFound));
    let mut last = first;
    while matches!(rig.order.state, State::Searching(_)) {
        last = rig.asks();
        rig.handle(Event::Status(Answer::NotFound));
    }
    assert_eq!(last - first, 60_000);
}

#[test]
fn a_lost_question_denies_nothing() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Lost));
    for _ in 0..200 {
        rig.asks();
        rig.handle(Event::Status(Answer::Lost));
    }
    assert!(matches!(rig.order.state, State::Searching(_)));
}

#[test]
fn charged_late_is_given_back_and_raises_an_alarm() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Lost));
    while matches!(rig.order.state, State::Searching(_)) {
        rig.asks();
        rig.handle(Event::Status(Answer::NotFound));
    }
    rig.asks();
    let effects = rig.handle(told(report(Status::Approved)));
    assert!(matches!(effects[..], [Effect::SendLater { nth: 0 }, Effect::Alarm(_)]), "{effects:?}");
    assert_eq!(rig.order.state, not_charged(NotCharged::NeverArrived), "a final state is not left");
    let accepted = Submission::Accepted { order_id: "7781".into(), serial_number: None };
    rig.handle(Event::LaterSent { nth: 0, end: accepted });
    rig.asks();
    let amount = Some(Amount::new(1_500, rig.order.terms.amount.currency));
    rig.handle(told(Report { transaction: Some(Transaction::Return), amount, ..report(Status::Approved) }));
    assert_eq!(rig.order.view(&rig.rules, rig.now).later[0].amount.minor, 1_500, "as the bank said");
    let why = GiveBackReason::ChargedLate;
    let state = rig.order.view(&rig.rules, rig.now).till.state;
    assert_eq!(state, PaymentState::Final { outcome: Outcome::GivenBack { why } });
    assert!(!rig.order.is_open());
}

#[test]
fn the_watch_ends_with_an_answer_and_hears_callbacks() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Lost));
    while matches!(rig.order.state, State::Searching(_)) {
        rig.asks();
        rig.handle(Event::Status(Answer::NotFound));
    }
    for _ in 0..3 {
        rig.asks();
        rig.handle(Event::Status(Answer::NotFound));
    }
    assert_eq!(rig.order.wake_at(), None);
    rig.handle(Event::AskNow);
    rig.asks();
    rig.handle(Event::Status(Answer::Lost));
    rig.asks();
    let stranger = Report { attempt: "B".into(), ..report(Status::Declined) };
    rig.handle(told(stranger));
    rig.now += 16 * 24 * 60 * MINUTE;
    rig.asks();
    rig.handle(Event::Status(Answer::Lost));
    rig.asks();
    let effects = rig.handle(told(report(Status::Approved)));
    assert!(effects.contains(&Effect::SendLater { nth: 0 }), "{effects:?}");
}

#[test]
fn an_order_that_turns_up_behind_another_transaction_is_a_persons() {
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Lost));
    while matches!(rig.order.state, State::Searching(_)) {
        rig.asks();
        rig.handle(Event::Status(Answer::NotFound));
    }
    rig.asks();
    let declined = Report { transaction: Some(Transaction::Return), ..report(Status::Declined) };
    let effects = rig.handle(told(declined.clone()));
    assert!(matches!(effects[..], [Effect::Alarm(_)]), "{effects:?}");
    assert!(rig.order.needs_person.is_some());
    rig.asks();
    assert_eq!(rig.handle(told(declined)), [], "it is said once");
}

#[test]
fn a_restart_never_submits_again() {
    let mut rig = Rig::accepted(Entry::Chip);
    assert_eq!(rig.handle(Event::Restarted), [Effect::ForgetCardData]);
    assert!(matches!(rig.order.state, State::Searching(_)));
}

#[test]
fn only_what_fits_is_believed() {
    let eur = |minor| Some(Amount::new(minor, Currency::from_code("EUR").unwrap()));
    let usd = Some(Amount::new(2_000, Currency::from_code("USD").unwrap()));
    let fine = report(Status::Approved);
    for wrong in [
        Report { attempt: "B".into(), ..fine.clone() },
        Report { order_id: "1".into(), ..fine.clone() },
        Report { transaction: Some(Transaction::Return), ..fine.clone() },
        Report { transaction: Some(Transaction::Preauth), ..fine.clone() },
        Report { amount: eur(2_001), ..fine.clone() },
        Report { amount: usd, ..fine.clone() },
        Report { amount: None, ..fine.clone() },
    ] {
        let mut rig = Rig::following(Entry::Contactless);
        rig.asks();
        rig.handle(told(wrong.clone()));
        assert!(matches!(rig.order.state, State::Following { .. }), "{wrong:?}");
    }
    let mut rig = Rig::following(Entry::Contactless);
    rig.asks();
    rig.handle(told(Report { amount: eur(1_500), ..fine }));
    assert_eq!(rig.order.state, State::Final(Outcome::Approved { amount: eur(1_500).unwrap() }));
}

#[test]
fn without_a_type_the_serial_number_tells_whose_report_it_is() {
    let mut rig = Rig::accepted(Entry::Swipe);
    let serial_number = Some("SN-1".to_owned());
    rig.handle(Event::Submitted(Submission::Accepted { order_id: "7781".into(), serial_number }));
    // A return's report, cut off before its type.
    let other = Some("SN-2".to_owned());
    let cut = Report { transaction: None, serial_number: other, ..report(Status::Declined) };
    rig.asks();
    rig.handle(told(cut.clone()));
    assert!(matches!(rig.order.state, State::Following { .. }), "{:?}", rig.order.state);
    rig.asks();
    rig.handle(told(Report { serial_number: Some("SN-1".into()), ..cut.clone() }));
    assert!(matches!(rig.order.state, State::Final(Outcome::Declined(_))));
    // Nor is it believed where the sale's own number was lost with its answer.
    let mut rig = Rig::accepted(Entry::Swipe);
    rig.handle(Event::Submitted(Submission::Lost));
    rig.asks();
    rig.handle(told(cut));
    assert!(matches!(rig.order.state, State::Searching(_)), "{:?}", rig.order.state);
}

fn awaiting_card() -> Rig {
    let mut rig = Rig::following(Entry::Chip);
    rig.asks();
    let issuer = Some(IssuerAnswer { response_code: "00".into(), data: None });
    rig.handle(told(Report { awaits_card: true, issuer, ..report(Status::Processing) }));
    assert!(matches!(rig.order.view(&rig.rules, rig.now).state, PaymentState::AwaitCard { .. }));
    rig
}

#[test]
fn a_lost_advice_is_offered_again_only_while_the_gateway_waits() {
    let mut rig = awaiting_card();
    assert_eq!(rig.handle(Event::CardDecided { approved: true }), [Effect::SendAdvice]);
    assert_eq!(rig.handle(Event::AdviceAnswered { taken: false }), []);
    rig.asks();
    let waits = Report { awaits_card: true, ..report(Status::Processing) };
    assert_eq!(rig.handle(told(waits)), [Effect::SendAdvice]);
    rig.handle(Event::AdviceAnswered { taken: false });
    rig.asks();
    assert_eq!(rig.handle(told(report(Status::Processing))), [Effect::ForgetCardData], "it had arrived");
}

#[test]
fn a_card_that_refuses_gets_the_money_back_after_the_final_approval() {
    let mut rig = awaiting_card();
    rig.handle(Event::CardDecided { approved: false });
    rig.handle(Event::AdviceAnswered { taken: true });
    rig.asks();
    assert_eq!(
        rig.handle(told(report(Status::Approved))),
        [Effect::ForgetCardData, Effect::SendLater { nth: 0 }]
    );
    assert_eq!(rig.handle(told(report(Status::Approved))), [], "and once only");
}

#[test]
fn a_refused_return_is_a_persons_only_if_the_status_shows_none() {
    let end = || Submission::Refused(NotCharged::Refused, Reason::default());
    let refused = || Event::LaterSent { nth: 0, end: end() };
    let approved = || {
        let mut rig = Rig::following(Entry::Swipe);
        rig.asks();
        rig.handle(told(report(Status::Approved)));
        assert_eq!(rig.handle(Event::GiveBack), [Effect::SendLater { nth: 0 }]);
        rig
    };
    let mut rig = approved();
    rig.handle(refused());
    assert!(rig.order.needs_person.is_some());
    rig.asks();
    let elsewhere = Report { transaction: Some(Transaction::Return), ..report(Status::Approved) };
    rig.handle(told(elsewhere));
    assert_eq!(rig.order.needs_person, None, "it was returned in the gateway's own pages");
    let why = GiveBackReason::Staff;
    let state = rig.order.view(&rig.rules, rig.now).till.state;
    assert_eq!(state, PaymentState::Final { outcome: Outcome::GivenBack { why } });

    let mut rig = approved();
    rig.handle(refused());
    rig.asks();
    let effects = rig.handle(told(report(Status::Approved)));
    assert!(matches!(effects[..], [Effect::Alarm(_)]), "{effects:?}");
    assert!(rig.order.needs_person.is_some() && !rig.order.is_open());
    assert_eq!(rig.order.wake_at(), None);
}

#[test]
fn a_lost_card_asks_staff_and_a_kiosk_gives_back() {
    for attended in [true, false] {
        let mut rig = awaiting_card();
        rig.rules.attended = attended;
        rig.handle(Event::CardLost { card_said: None });
        rig.asks();
        let effects = rig.handle(told(report(Status::Approved)));
        assert_eq!(effects.contains(&Effect::SendLater { nth: 0 }), !attended);
        let asks = rig.order.view(&rig.rules, rig.now).state == PaymentState::KeepOrGiveBack;
        assert_eq!(asks, attended);
        assert_eq!(rig.order.needs_person.is_some(), attended, "also where no page is left to ask staff");
    }
}

#[test]
fn a_journal_that_comes_late_settles_what_staff_were_asked() {
    for (card_said, effects, outcome) in [
        (None, vec![], None),
        (Some(true), vec![Effect::ForgetCardData], Some("approved")),
        (Some(false), vec![Effect::SendLater { nth: 0 }], Some("given back")),
    ] {
        let mut rig = awaiting_card();
        rig.asks();
        rig.handle(told(report(Status::Approved)));
        assert!(matches!(rig.order.state, State::KeepOrGiveBack { .. }));
        let done = rig.handle(Event::CardLost { card_said });
        let stands = match (&rig.order.state, rig.order.give_back()) {
            (State::Final(Outcome::Approved { .. }), Some((_, why))) => {
                assert_eq!(why, GiveBackReason::CardRefused);
                Some("given back")
            }
            (State::Final(Outcome::Approved { .. }), None) => Some("approved"),
            _ => None,
        };
        assert_eq!((&done, stands), (&effects, outcome), "{card_said:?}");
    }
}

#[test]
fn a_decision_that_comes_too_late_for_an_advice_is_still_the_cards_word() {
    for approved in [true, false] {
        let mut rig = awaiting_card();
        assert_eq!(rig.handle(Event::CardLost { card_said: None }), [Effect::ForgetCardData]);
        assert_eq!(
            rig.handle(Event::CardDecided { approved }),
            [Effect::ForgetCardData],
            "no advice any more"
        );
        rig.asks();
        let ends = rig.handle(told(report(Status::Approved)));
        assert!(matches!(rig.order.state, State::Final(Outcome::Approved { .. })), "nobody is asked");
        assert_eq!(ends.contains(&Effect::SendLater { nth: 0 }), !approved, "{ends:?}");
    }
    let mut rig = awaiting_card();
    rig.handle(Event::CardLost { card_said: None });
    rig.asks();
    rig.handle(told(report(Status::Approved)));
    assert!(matches!(rig.order.state, State::KeepOrGiveBack { .. }));
    rig.handle(Event::CardDecided { approved: true });
    assert!(
        matches!(rig.order.state, State::Final(Outcome::Approved { .. })),
        "staff need not decide any more"
    );
}

#[test]
fn one_answer_cut_off_after_two_weeks_is_not_the_last_word() {
    let mut rig = Rig::following(Entry::Swipe);
    // The proxy was away all that time.
    rig.now += 16 * 24 * 3_600_000;
    rig.handle(Event::Restarted);
    let mut asked = 0;
    for _ in 0..2 {
        rig.asks();
        assert!(rig.order.needs_person.is_some());
        let cut_off = Report { transaction: None, amount: None, ..report(Status::Processing) };
        rig.handle(told(cut_off));
        asked += 1;
    }
    rig.asks();
    assert_eq!(asked, 2);
    rig.handle(told(report(Status::Approved)));
    assert!(matches!(rig.order.state, State::Final(Outcome::Approved { .. })), "{:?}", rig.order);
    assert!(rig.order.needs_person.is_none() && !rig.order.is_followed());

    let mut rig = Rig::following(Entry::Swipe);
    rig.now += 16 * 24 * 3_600_000;
    rig.handle(Event::Restarted);
    let mut asked = 0;
    while rig.order.wake_at().is_some() {
        rig.asks();
        rig.handle(told(report(Status::Processing)));
        asked += 1;
    }
    assert_eq!(asked, 25, "it ends");
}

#[test]
fn nothing_is_asked_while_staff_decide() {
    let mut rig = awaiting_card();
    rig.handle(Event::CardLost { card_said: None });
    rig.asks();
    rig.handle(told(report(Status::Approved)));
    rig.handle(Event::Restarted);
    rig.handle(Event::AskNow);
    assert_eq!(rig.order.wake_at(), None);
    assert_eq!(rig.handle(Event::GiveBack), [Effect::SendLater { nth: 0 }]);
}

#[test]
fn a_card_that_waits_too_long_is_lost() {
    let mut rig = awaiting_card();
    rig.now += 120_000;
    rig.asks();
    rig.handle(told(Report { awaits_card: true, ..report(Status::Processing) }));
    assert!(matches!(rig.order.state, State::Following { chip: Chip::Lost { card_said: None }, .. }));
}

#[test]
fn questions_slow_down_and_end_with_a_person() {
    let mut rig = Rig::following(Entry::Swipe);
    let mut asked = vec![];
    while rig.order.wake_at().is_some() {
        if rig.order.wake_at() == Some(rig.now) || rig.now - START < 13 * 24 * 60 * MINUTE {
            asked.push(rig.asks());
            rig.handle(told(report(Status::Unknown)));
        } else {
            rig.now += 24 * 60 * MINUTE;
            if rig.handle(Event::Tick) == [Effect::Ask] {
                rig.handle(told(report(Status::Unknown)));
            }
        }
    }
    let gaps: Vec<u64> = asked.windows(2).map(|w| w[1] - w[0]).collect();
    assert_eq!(gaps[0], 3_000);
    assert!(gaps.contains(&(5 * MINUTE)) && gaps.contains(&(60 * MINUTE)));
    assert!(gaps.windows(2).all(|w| w[0] <= w[1]));
    assert!(rig.order.needs_person.is_some());
}

#[test]
fn an_order_that_nobody_followed_for_weeks_is_asked_for_before_a_person_is() {
    let mut rig = Rig::following(Entry::Swipe);
    rig.now += 16 * 24 * 60 * MINUTE;
    rig.handle(Event::Restarted);
    rig.asks();
    let approved = report(Status::Approved);
    rig.handle(told(approved.clone()));
    assert!(matches!(rig.order.state, State::Final(Outcome::Approved { .. })));
    assert_eq!(rig.order.needs_person, None);

    let mut rig = Rig::following(Entry::Swipe);
    rig.now += 16 * 24 * 60 * MINUTE;
    rig.asks();
    rig.handle(Event::Status(Answer::Lost));
    assert!(rig.order.needs_person.is_some());
    rig.asks();
    rig.handle(told(Report { attempt: "B".into(), ..report(Status::Approved) }));
    while rig.order.wake_at().is_some() {
        rig.asks();
        rig.handle(told(report(Status::Processing)));
    }
    assert!(rig.order.needs_person.is_some(), "it was asked and answered: the rest is a person's");
    rig.handle(Event::AskNow);
    rig.asks();
    rig.handle(told(approved));
    assert_eq!(rig.order.needs_person, None, "whoever presses Ask now is answered");
}

#[test]
fn asking_now_is_held_to_one_question_in_five_seconds() {
    let mut rig = Rig::following(Entry::Swipe);
    rig.asks();
    rig.handle(told(report(Status::Processing)));
    rig.rules.poll_ms = 60_000;
    for _ in 0..10 {
        rig.handle(Event::AskNow);
    }
    assert!(rig.order.wake_at().is_some_and(|at| at - rig.now <= 5_000));
}
