//! Later transactions, case by case.

use super::super::tests::{MINUTE, Rig, START, report, told};
use super::*;
use crate::api::{Entry, GiveBackReason, Kind, LaterState, NotCharged, PaymentState};
use crate::money::Currency;
use crate::order::{Answer, Event, Gate, Report, Status};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn eur(minor: u64) -> Amount {
    Amount::new(minor, Currency::from_code("EUR").unwrap())
}

fn asked(request: u8, amount: Option<u64>) -> Asked {
    let request = AttemptId::from_random([request; 20]);
    Asked { request, amount: amount.map(eur), reason: "torn".into(), operator: None }
}

/// A report of a later transaction.
fn of(kind: LaterKind, minor: u64, status: Status) -> Report {
    let transaction = match kind {
        LaterKind::Capture => Transaction::Capture,
        LaterKind::Return => Transaction::Return,
        LaterKind::Void => Transaction::Void,
    };
    Report { transaction: Some(transaction), amount: Some(eur(minor)), ..report(status) }
}

fn numbered(report: Report, serial_number: &str) -> Report {
    Report { serial_number: Some(serial_number.into()), ..report }
}

impl Rig {
    /// An approved payment over 20.00 at a gate that takes parts and voids.
    fn approved(kind: Kind) -> Self {
        let mut rig = Self::following(Entry::Swipe);
        rig.rules.void = true;
        rig.order.terms.kind = kind;
        let transaction = match kind {
            Kind::Sale => Transaction::Sale,
            Kind::Preauth => Transaction::Preauth,
        };
        rig.asks();
        let gate = Some(Gate { partial_capture: true, partial_return: true });
        rig.handle(told(Report { transaction: Some(transaction), gate, ..report(Status::Approved) }));
        rig
    }

    fn ask(&mut self, kind: LaterKind, asked: Asked) -> Result<Vec<Effect>, NotPossible> {
        let (order, effects) = self.order.clone().ask_later(kind, asked, &self.rules, self.now)?;
        self.order = order;
        Ok(effects)
    }

    /// Asks for it, and the gateway takes it.
    fn takes(&mut self, kind: LaterKind, asked: Asked, serial_number: Option<&str>) {
        let nth = self.order.later.len();
        assert_eq!(self.ask(kind, asked), Ok(vec![Effect::SendLater { nth }]));
        let serial_number = serial_number.map(str::to_owned);
        let end = Submission::Accepted { order_id: "7781".into(), serial_number };
        self.handle(Event::LaterSent { nth, end });
    }

    /// Asks for it, and no answer comes.
    fn loses(&mut self, kind: LaterKind, asked: Asked) {
        let nth = self.order.later.len();
        assert_eq!(self.ask(kind, asked), Ok(vec![Effect::SendLater { nth }]));
        self.handle(Event::LaterSent { nth, end: Submission::Lost });
    }

    fn hears(&mut self, report: Report) -> Vec<Effect> {
        self.asks();
        self.handle(told(report))
    }

    fn states(&self) -> Vec<LaterState> {
        self.order.view(&self.rules, self.now).later.into_iter().map(|later| later.state).collect()
    }

    fn left(&self) -> [Option<u64>; 2] {
        let left = self.order.view(&self.rules, self.now).left;
        [left.capture, left.give_back].map(|amount| amount.map(|amount| amount.minor))
    }
}

#[test]
fn parts_go_back_until_nothing_is_left() {
    let mut rig = Rig::approved(Kind::Sale);
    assert_eq!(rig.left(), [None, Some(2_000)]);
    rig.takes(LaterKind::Return, asked(1, Some(500)), None);
    assert_eq!(rig.left(), [None, None], "one at a time");
    assert_eq!(rig.ask(LaterKind::Return, asked(2, Some(500))), Err(NotPossible::Open));
    rig.hears(of(LaterKind::Return, 500, Status::Approved));
    assert_eq!(rig.left(), [None, Some(1_500)]);
    let more = rig.ask(LaterKind::Return, asked(3, Some(1_501)));
    assert_eq!(more, Err(NotPossible::MoreThanLeft { left: eur(1_500) }));
    rig.takes(LaterKind::Return, asked(4, None), None);
    assert_eq!(rig.order.later[1].amount, Some(eur(1_500)), "the rest is not the whole, so it is named");
    rig.hears(of(LaterKind::Return, 1_500, Status::Approved));
    assert_eq!(rig.states(), [LaterState::Done, LaterState::Done]);
    assert_eq!(rig.left(), [None, None]);
    let outcome = Outcome::GivenBack { why: GiveBackReason::Staff };
    assert_eq!(rig.order.view(&rig.rules, rig.now).state, PaymentState::Final { outcome });
    let none = rig.ask(LaterKind::Return, asked(5, None));
    assert_eq!(none, Err(NotPossible::MoreThanLeft { left: eur(0) }));
}

#[test]
fn the_whole_goes_back_without_an_amount() {
    for amount in [None, Some(2_000)] {
        let mut rig = Rig::approved(Kind::Sale);
        rig.takes(LaterKind::Return, asked(1, amount), None);
        assert_eq!(rig.order.later[0].amount, None);
        rig.hears(of(LaterKind::Return, 700, Status::Approved));
        assert_eq!(rig.states(), [LaterState::Processing], "a part that went back elsewhere is not this");
        rig.hears(of(LaterKind::Return, 2_000, Status::Approved));
        assert_eq!(rig.states(), [LaterState::Done]);
    }
}

#[test]
fn less_than_reserved_is_captured_once_and_then_returned() {
    let mut rig = Rig::approved(Kind::Preauth);
    assert_eq!(rig.left(), [Some(2_000), Some(2_000)]);
    assert_eq!(rig.ask(LaterKind::Void, asked(1, None)), Err(NotPossible::NotInThisState));
    assert_eq!(
        rig.ask(LaterKind::Return, asked(1, Some(500))),
        Err(NotPossible::NoPart),
        "a cancel is whole"
    );
    rig.takes(LaterKind::Capture, asked(2, Some(1_200)), None);
    rig.hears(of(LaterKind::Capture, 1_200, Status::Approved));
    assert_eq!(rig.left(), [None, Some(1_200)]);
    assert_eq!(rig.ask(LaterKind::Capture, asked(3, Some(100))), Err(NotPossible::NotInThisState));
    rig.takes(LaterKind::Return, asked(4, Some(1_200)), None);
    assert_eq!(rig.order.later[1].amount, None);
    rig.hears(of(LaterKind::Return, 1_200, Status::Approved));
    assert_eq!(rig.left(), [None, None]);
}

#[test]
fn a_cancelled_preauthorisation_is_not_captured() {
    let mut rig = Rig::approved(Kind::Preauth);
    rig.takes(LaterKind::Return, asked(1, None), None);
    rig.hears(of(LaterKind::Return, 2_000, Status::Approved));
    assert_eq!(rig.ask(LaterKind::Capture, asked(2, None)), Err(NotPossible::NotInThisState));
}

#[test]
fn a_void_is_of_the_whole_where_the_gate_supports_it() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.rules.void = false;
    assert_eq!(rig.ask(LaterKind::Void, asked(1, None)), Err(NotPossible::NotInThisState));
    rig.rules.void = true;
    assert_eq!(rig.ask(LaterKind::Void, asked(1, Some(100))), Err(NotPossible::NoPart));
    rig.takes(LaterKind::Void, asked(1, None), None);
    rig.hears(of(LaterKind::Void, 2_000, Status::Approved));
    assert_eq!(rig.states(), [LaterState::Done]);
    assert_eq!(rig.left(), [None, None]);
}

#[test]
fn the_gate_and_the_state_decide_what_is_possible() {
    let mut rig = Rig::following(Entry::Swipe);
    assert_eq!(rig.ask(LaterKind::Return, asked(1, None)), Err(NotPossible::NotInThisState));
    let mut rig = Rig::approved(Kind::Sale);
    rig.order.gate = Gate::default();
    assert_eq!(rig.ask(LaterKind::Return, asked(1, Some(100))), Err(NotPossible::NoPart));
    assert_eq!(rig.ask(LaterKind::Return, asked(1, Some(0))), Err(NotPossible::NoAmount));
    assert_eq!(rig.ask(LaterKind::Capture, asked(1, None)), Err(NotPossible::NotInThisState));
    let dollars = Amount::new(100, Currency::from_code("USD").unwrap());
    let asked = Asked { amount: Some(dollars), ..asked(1, None) };
    assert_eq!(rig.ask(LaterKind::Return, asked), Err(NotPossible::NoAmount));
}

#[test]
fn a_request_that_is_posted_again_is_one_transaction() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.takes(LaterKind::Return, asked(1, Some(500)), None);
    let again = |rig: &mut Rig| rig.ask(LaterKind::Return, asked(1, Some(500)));
    assert_eq!(again(&mut rig), Ok(vec![]));
    rig.hears(of(LaterKind::Return, 500, Status::Approved));
    assert_eq!(again(&mut rig), Ok(vec![]), "also once it is done");
    assert_eq!(rig.order.later.len(), 1);
    let other = Err(NotPossible::OtherRequest);
    assert_eq!(rig.ask(LaterKind::Return, asked(1, Some(501))), other);
    assert_eq!(rig.ask(LaterKind::Void, asked(1, Some(500))), other);
    assert_eq!(rig.ask(LaterKind::Return, Asked { reason: "other".into(), ..asked(1, Some(500)) }), other);
}

#[test]
fn what_may_have_been_sent_is_never_sent_again() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.ask(LaterKind::Return, asked(1, Some(500))).unwrap();
    rig.handle(Event::Restarted);
    assert_eq!(rig.states(), [LaterState::Unknown]);
    for _ in 0..50 {
        assert_eq!(rig.hears(report(Status::Approved)), [], "the sale's own report");
        rig.asks();
        assert_eq!(rig.handle(Event::Status(Answer::NotFound)), []);
        assert_eq!(rig.handle(Event::Restarted), []);
    }
    rig.now += 24 * 60 * MINUTE;
    rig.asks();
    assert!(matches!(rig.states()[..], [LaterState::NeedsPerson { .. }]));
    rig.handle(told(of(LaterKind::Return, 500, Status::Approved)));
    assert_eq!((rig.states(), &rig.order.needs_person), (vec![LaterState::Done], &None));
}

/// Somebody's return in the gateway's own pages was declined just before ours began, and our question was on its way.
#[test]
fn an_answer_to_a_question_from_before_tells_nothing() {
    for sent in [Submission::Lost, Submission::Accepted { order_id: "7781".into(), serial_number: None }] {
        let mut rig = Rig::approved(Kind::Sale);
        rig.ask(LaterKind::Return, asked(1, None)).unwrap();
        rig.handle(Event::AskNow);
        rig.asks();
        rig.handle(Event::LaterSent { nth: 0, end: sent });
        let before = rig.states();
        rig.handle(told(of(LaterKind::Return, 2_000, Status::Declined)));
        assert_eq!(rig.states(), before);
        rig.hears(of(LaterKind::Return, 2_000, Status::Approved));
        assert_eq!(rig.states(), [LaterState::Done]);
    }
}

/// It may be somebody's in the gateway's own pages, and ours still under way.
#[test]
fn a_refusal_is_not_that_of_a_request_just_lost() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.loses(LaterKind::Return, asked(1, None));
    rig.hears(of(LaterKind::Return, 2_000, Status::Declined));
    assert_eq!(rig.order.later[0].transfer, Transfer::Unknown);
    rig.now += rig.rules.not_found_grace_ms;
    rig.hears(of(LaterKind::Return, 2_000, Status::Declined));
    assert_eq!(rig.order.later[0].transfer, Transfer::Refused);
}

#[test]
fn what_was_not_sent_goes_out_when_a_connection_can_be_begun() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.ask(LaterKind::Void, asked(1, None)).unwrap();
    for _ in 0..3 {
        rig.handle(Event::LaterSent { nth: 0, end: Submission::NoConnection });
        assert_eq!(rig.states(), [LaterState::Sending]);
        rig.now = rig.order.wake_at().unwrap();
        assert_eq!(rig.handle(Event::Tick), [Effect::SendLater { nth: 0 }]);
    }
    assert_eq!(rig.handle(Event::LaterSent { nth: 1, end: Submission::NoConnection }), [], "not this one");
    assert_eq!(rig.order.later[0].transfer, Transfer::Sending);
}

#[test]
fn the_second_of_two_equal_parts_whose_answer_was_lost_is_a_persons() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.takes(LaterKind::Return, asked(1, Some(500)), Some("SN-1"));
    rig.hears(numbered(of(LaterKind::Return, 500, Status::Approved), "SN-1"));
    rig.loses(LaterKind::Return, asked(2, Some(500)));
    rig.hears(numbered(of(LaterKind::Return, 500, Status::Approved), "SN-1"));
    assert_eq!(rig.states()[1], LaterState::Unknown, "the first one's, by its number");
    rig.hears(of(LaterKind::Return, 500, Status::Approved));
    assert!(matches!(rig.states()[1], LaterState::NeedsPerson { .. }), "{:?}", rig.states());
    // What the first cannot have become is the second's, once that must have arrived.
    rig.now += rig.rules.not_found_grace_ms;
    rig.hears(of(LaterKind::Return, 500, Status::Declined));
    assert!(matches!(rig.states()[1], LaterState::Refused { .. }), "{:?}", rig.states());
    assert_eq!(rig.order.needs_person, None);
}

#[test]
fn equal_parts_are_told_apart_by_the_number_of_their_request() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.takes(LaterKind::Return, asked(1, Some(500)), Some("SN-1"));
    rig.hears(numbered(of(LaterKind::Return, 500, Status::Approved), "SN-1"));
    rig.takes(LaterKind::Return, asked(2, Some(500)), Some("SN-2"));
    rig.hears(numbered(of(LaterKind::Return, 500, Status::Approved), "SN-1"));
    assert_eq!(rig.states()[1], LaterState::Processing);
    rig.hears(numbered(of(LaterKind::Return, 500, Status::Approved), "SN-2"));
    assert_eq!(rig.states()[1], LaterState::Done);
    // A number that every request of the order has tells nothing.
    rig.takes(LaterKind::Return, asked(3, Some(500)), Some("SN-2"));
    rig.hears(numbered(of(LaterKind::Return, 500, Status::Approved), "SN-2"));
    assert!(matches!(rig.states()[2], LaterState::NeedsPerson { .. }), "{:?}", rig.states());
}

#[test]
fn a_number_that_all_requests_of_an_order_have_hides_no_other_part() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.takes(LaterKind::Return, asked(1, Some(500)), Some("SN"));
    rig.hears(numbered(of(LaterKind::Return, 500, Status::Approved), "SN"));
    rig.loses(LaterKind::Return, asked(2, None));
    rig.hears(numbered(of(LaterKind::Return, 1_500, Status::Approved), "SN"));
    assert_eq!(rig.states()[1], LaterState::Done);
}

#[test]
fn unequal_parts_are_told_apart_by_their_amount() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.takes(LaterKind::Return, asked(1, Some(500)), None);
    rig.hears(of(LaterKind::Return, 500, Status::Approved));
    rig.loses(LaterKind::Return, asked(2, Some(600)));
    rig.hears(of(LaterKind::Return, 500, Status::Approved));
    assert_eq!(rig.states()[1], LaterState::Unknown);
    rig.hears(of(LaterKind::Return, 600, Status::Approved));
    assert_eq!(rig.states()[1], LaterState::Done);
}

#[test]
fn a_report_under_its_number_with_another_amount_is_a_persons() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.takes(LaterKind::Return, asked(1, Some(500)), Some("SN-1"));
    rig.hears(numbered(of(LaterKind::Return, 2_000, Status::Approved), "SN-1"));
    assert!(matches!(rig.states()[..], [LaterState::NeedsPerson { .. }]));
}

#[test]
fn a_refusal_leaves_the_payment_as_it_was() {
    for (kind, of_payment) in [(Kind::Sale, LaterKind::Return), (Kind::Preauth, LaterKind::Capture)] {
        let mut rig = Rig::approved(kind);
        rig.ask(of_payment, asked(1, Some(500))).unwrap();
        let reason = Reason { code: Some("8".into()), message: Some("no".into()) };
        let end = Submission::Refused(NotCharged::Refused, reason.clone());
        rig.handle(Event::LaterSent { nth: 0, end });
        assert_eq!(rig.states(), [LaterState::Processing], "the status has the last word");
        let own = if kind == Kind::Sale { Transaction::Sale } else { Transaction::Preauth };
        rig.hears(Report { transaction: Some(own), ..report(Status::Approved) });
        assert_eq!(rig.states(), [LaterState::Refused { reason }]);
        assert_eq!((rig.order.wake_at(), &rig.order.needs_person), (None, &None));
        rig.takes(of_payment, asked(2, Some(500)), None);
    }
}

#[test]
fn a_give_back_of_what_is_left_names_it() {
    let mut rig = Rig::approved(Kind::Sale);
    rig.takes(LaterKind::Return, asked(1, Some(500)), None);
    assert_eq!(rig.handle(Event::GiveBack), [], "another is open");
    rig.hears(of(LaterKind::Return, 500, Status::Approved));
    assert_eq!(rig.handle(Event::GiveBack), [Effect::SendLater { nth: 1 }]);
    assert_eq!(rig.order.later[1].amount, Some(eur(1_500)));
    let why = GiveBackReason::Staff;
    assert_eq!(rig.order.view(&rig.rules, rig.now).state, PaymentState::GivingBack { why });
}

#[test]
fn orders_stored_before_there_were_later_transactions_are_read() {
    let rig = Rig::approved(Kind::Sale);
    let mut old = serde_json::to_value(&rig.order).unwrap();
    let fields = old.as_object_mut().unwrap();
    fields.remove("later");
    fields.remove("gate");
    let read = |old: &serde_json::Value| serde_json::from_value::<Order>(old.clone()).unwrap();
    assert_eq!(read(&old), Order { gate: Gate::default(), ..rig.order.clone() });
    old["give_back"] = serde_json::Value::Null;
    assert_eq!(read(&old).later, []);
    old["give_back"] = serde_json::json!({ "why": "card_refused", "since": START, "transfer": "following" });
    let mut rig = Rig { order: read(&old), ..rig };
    let why = GiveBackReason::CardRefused;
    assert_eq!(rig.order.view(&rig.rules, rig.now).state, PaymentState::GivingBack { why });
    rig.handle(Event::Restarted);
    rig.hears(of(LaterKind::Return, 2_000, Status::Approved));
    let outcome = Outcome::GivenBack { why };
    assert_eq!(rig.order.view(&rig.rules, rig.now).state, PaymentState::Final { outcome });
    let again = serde_json::to_string(&rig.order).unwrap();
    assert_eq!(serde_json::from_str::<Order>(&again).unwrap(), rig.order);
}
