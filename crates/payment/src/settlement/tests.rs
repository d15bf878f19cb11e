//! What is counted, and what a closing does at each answer.

use super::*;
use crate::api::{
    CardMask, Entry, GiveBackReason, Kind, LaterKind, NotCharged, Outcome, ReaderName, Reason, Terms,
};
use crate::money::{Amount, Currency};
use crate::order::{Asked, Cause, Later, Order, State, Transfer};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn eur(minor: u64) -> Amount {
    Amount::new(minor, Currency::from_code("EUR").unwrap())
}

fn order(kind: Kind, state: State) -> Order {
    let terms = Terms {
        attempt: AttemptId::from_random([7; 20]),
        kind,
        amount: eur(2_000),
        entry: Entry::Swipe,
        reader: ReaderName { family: "miura".into(), serial: "1".into(), emulated: false },
        card: CardMask::default(),
        description: None,
        email: None,
        tip: None,
        reference: None,
    };
    let (mut order, _) = Order::accept(terms, 100);
    order.state = state;
    order
}

fn approved(minor: u64) -> State {
    State::Final(Outcome::Approved { amount: eur(minor) })
}

fn back(order: &Order, transfer: Transfer) -> Order {
    let mut order = order.clone();
    let cause = Cause::GiveBack(GiveBackReason::Staff);
    order.later.push(Later { cause, ..later(LaterKind::Return, None, 900, transfer) });
    order
}

fn later(kind: LaterKind, minor: Option<u64>, since: u64, transfer: Transfer) -> Later {
    let asked = Asked {
        request: AttemptId::from_random([9; 20]),
        amount: minor.map(eur),
        reason: "broken".into(),
        operator: Some("Bea".into()),
    };
    Later {
        kind,
        amount: minor.map(eur),
        cause: Cause::Asked(asked),
        since,
        serial_number: None,
        transfer,
        refusal: Reason::default(),
    }
}

#[test]
fn what_comes_later_moves_its_own_part() {
    use MovementKind::{Capture, Preauth, Return, Void};
    use Standing::{Approved, Declined, Open};
    let mut reserved = order(Kind::Preauth, approved(2_000));
    reserved.later.push(later(LaterKind::Capture, Some(1_200), 300, Transfer::Done));
    reserved.later.push(later(LaterKind::Return, Some(200), 400, Transfer::Done));
    reserved.later.push(later(LaterKind::Return, Some(100), 500, Transfer::Unknown));
    let all = [
        (Preauth, 2_000, 100, Approved),
        (Capture, 1_200, 300, Approved),
        (Return, 200, 400, Approved),
        (Return, 100, 500, Open),
    ];
    assert_eq!(seen(&reserved), all);
    let who: Vec<_> = movements(&reserved).map(|movement| movement.operator).collect();
    assert_eq!(who, [None, Some("Bea".into()), Some("Bea".into()), Some("Bea".into())]);

    let mut sold = order(Kind::Sale, approved(2_000));
    sold.later.push(later(LaterKind::Return, Some(500), 300, Transfer::Refused));
    sold.later.push(later(LaterKind::Void, None, 400, Transfer::Done));
    let all = [
        (MovementKind::Sale, 2_000, 100, Approved),
        (Return, 500, 300, Declined),
        (Void, 2_000, 400, Approved),
    ];
    assert_eq!(seen(&sold), all);
}

fn seen(order: &Order) -> Vec<(MovementKind, u64, u64, Standing)> {
    movements(order).map(|m| (m.kind, m.amount.minor, m.at, m.result)).collect()
}

#[test]
fn an_order_moves_money_as_it_ended() {
    use MovementKind::{Preauth, Release, Return, Sale};
    use Standing::{Approved, Declined, NotCharged as Nothing, Open};
    let less = order(Kind::Sale, approved(1_500));
    assert_eq!(seen(&less), [(Sale, 1_500, 100, Approved)]);
    let returned = back(&less, Transfer::Done);
    assert_eq!(seen(&returned), [(Sale, 1_500, 100, Approved), (Return, 1_500, 900, Approved)]);
    let refused = back(&less, Transfer::Refused);
    assert_eq!(seen(&refused)[1], (Return, 1_500, 900, Declined));
    let sent = back(&less, Transfer::Following);
    assert_eq!(seen(&sent)[1], (Return, 1_500, 900, Open));
    let released = back(&order(Kind::Preauth, approved(2_000)), Transfer::Done);
    assert_eq!(seen(&released), [(Preauth, 2_000, 100, Approved), (Release, 2_000, 900, Approved)]);
    let undecided = order(Kind::Sale, State::KeepOrGiveBack { amount: eur(2_000) });
    assert_eq!(seen(&undecided), [(Sale, 2_000, 100, Open)]);
    let outcome = Outcome::NotCharged { why: NotCharged::NeverArrived, reason: Reason::default() };
    let never = order(Kind::Sale, State::Final(outcome));
    assert_eq!(seen(&never), [(Sale, 2_000, 100, Nothing)]);
    // Counted as nothing on the day of the sale, and as both on the day when it turned up.
    let late = back(&never, Transfer::Done);
    assert_eq!(seen(&late), [(Sale, 2_000, 900, Approved), (Return, 2_000, 900, Approved)]);
}

fn movement(kind: MovementKind, minor: u64, result: Standing) -> Movement {
    Movement {
        attempt: AttemptId::from_random([1; 20]),
        kind,
        amount: eur(minor),
        at: 5,
        operator: Some("Ann".into()),
        result,
    }
}

#[test]
fn a_day_is_what_was_charged_and_what_was_taken_back() {
    use MovementKind::{Capture, Preauth, Release, Return, Sale, Void};
    let all =
        [Sale, Preauth, Capture, Return, Void, Release].map(|kind| movement(kind, 100, Standing::Approved));
    let totals = Totals::of(&all).unwrap();
    assert_eq!(totals.lines().count(), 6);
    let day = totals.of_day(Currency::from_code("EUR").unwrap()).unwrap();
    assert_eq!(
        (day.sale, day.reversal),
        (Sum { count: 2, amount: eur(200) }, Sum { count: 2, amount: eur(200) })
    );
    let other = totals.of_day(Currency::from_code("USD").unwrap()).unwrap();
    assert_eq!((other.sale.count, other.sale.amount.minor), (0, 0));
    let declined = [movement(Sale, 100, Standing::Declined), movement(Sale, 100, Standing::Open)];
    assert_eq!(Totals::of(&declined).unwrap(), Totals::default());
    let text = serde_json::to_string(&totals).unwrap();
    assert_eq!(serde_json::from_str::<Totals>(&text).unwrap(), totals);
}

#[test]
fn more_than_can_be_counted_is_an_error() {
    let two = [u64::MAX, 1].map(|minor| movement(MovementKind::Sale, minor, Standing::Approved));
    assert_eq!(Totals::of(&two), Err(Overflow));
    let one = Totals::of(two.first()).unwrap();
    assert_eq!(one.plus(&Totals::of(two.get(1)).unwrap()), Err(Overflow));
    assert!(Takings::rows(By::Kind, &two, |_| Moment { day: String::new(), hour: 0 }).is_err());
    let text = r#"[{"kind":"sale","count":1,"sum":{"minor":18446744073709551615,"currency":"EUR"}},
        {"kind":"sale","count":1,"sum":{"minor":1,"currency":"EUR"}}]"#;
    assert!(serde_json::from_str::<Totals>(text).is_err());
}

#[test]
fn takings_are_rows_by_what_is_asked_for() {
    use MovementKind::{Preauth, Return, Sale};
    let mut all = vec![
        movement(Sale, 500, Standing::Approved),
        movement(Return, 200, Standing::Approved),
        movement(Preauth, 900, Standing::Approved),
        movement(Sale, 70, Standing::Declined),
    ];
    all[0].operator = None;
    let local = |at| Moment { day: format!("2026-01-0{at}"), hour: 7 };
    let rows = |by| {
        let rows = Takings::rows(by, &all, local).unwrap();
        rows.into_iter()
            .map(|row| (row.name, row.came.count, row.came.amount.minor, row.went.amount.minor))
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(By::Day), [("2026-01-05".to_owned(), 1, 500, 200)]);
    assert_eq!(rows(By::Hour), [("07".to_owned(), 1, 500, 200)]);
    assert_eq!(rows(By::Operator), [(String::new(), 1, 500, 0), ("Ann".to_owned(), 0, 0, 200)]);
    let kinds =
        [("preauth", 900), ("return", 200), ("sale", 500)].map(|(name, sum)| (name.to_owned(), 1, sum, 0));
    assert_eq!(rows(By::Kind), kinds);
    assert_eq!(rows(By::Result), [("approved".to_owned(), 2, 1_400, 0), ("declined".to_owned(), 1, 70, 0)]);
}

/// A closing that was sent, its first answer outstanding.
fn sent() -> Closing {
    let day = Period { from: 0, until: 1_000, carried: vec![] };
    let none = Sum { count: 0, amount: eur(0) };
    let ours = DayTotals { sale: Sum { count: 1, amount: eur(500) }, reversal: none };
    let closing = Closing::begin(ClosingId::from_random([3; 20]), &day, ours, vec![], None);
    assert!(closing.is_gate_closing() && closing.is_open());
    let (closing, send) = closing.handle(ClosingEvent::Tick, &ClosingRules::default(), 1_000);
    assert!(send, "stored first, then sent");
    assert_eq!((&closing.state, closing.wake_at()), (&ClosingState::Sending, None));
    closing
}

fn then(closing: Closing, event: ClosingEvent, now: u64) -> (Closing, bool) {
    closing.handle(event, &ClosingRules::default(), now)
}

fn hears(closing: Closing, reply: Reply, now: u64) -> Closing {
    let (closing, send) = then(closing, ClosingEvent::Answered(reply), now);
    assert!(!send, "an answer sends nothing");
    closing
}

fn answer(blocked: bool, sale: u64) -> Answer {
    let none = Sum { count: 0, amount: eur(0) };
    let totals = DayTotals { sale: Sum { count: 1, amount: eur(sale) }, reversal: none };
    Answer { agreed: true, blocked, totals: Some(totals), ..Answer::default() }
}

fn answered(blocked: bool, sale: u64) -> Reply {
    Reply::Answered(Box::new(answer(blocked, sale)))
}

#[test]
fn equal_totals_close_the_day_and_others_are_told() {
    let closed = hears(sent(), answered(false, 500), 2_000);
    assert_eq!(closed.state, ClosingState::Closed { answer: Some(answer(false, 500)) });
    assert!(closed.is_closed() && !closed.is_open() && !closed.is_gate_closing());
    let differs = hears(sent(), answered(false, 499), 2_000);
    assert_eq!(differs.state, ClosingState::Differs { answer: answer(false, 499) });
    assert!(differs.is_closed());
    let text = serde_json::to_string(&differs).unwrap();
    assert_eq!(serde_json::from_str::<Closing>(&text).unwrap(), differs);
}

#[test]
fn a_blocked_gate_is_asked_until_it_is_open() {
    let blocked = hears(sent(), answered(true, 0), 2_000);
    assert!(blocked.is_gate_closing() && !blocked.is_closed());
    let (asked, send) = then(blocked.clone(), ClosingEvent::Tick, 7_000);
    assert!(send);
    assert!(hears(asked.clone(), answered(false, 500), 8_000).is_closed());
    // Says it no more, then it is open after a while; what it said first is its answer.
    let silent = hears(asked.clone(), Reply::Duplicate, 8_000);
    assert_eq!(silent.wake_at(), Some(68_000));
    let (differs, send) = then(silent, ClosingEvent::Tick, 68_000);
    assert!(!send && matches!(differs.state, ClosingState::Differs { .. }));
    // Blocked, and the bank had not spoken yet: the request was taken. Not so where the bank had said no.
    let no_word = |code: Option<&str>| {
        let blocked = Answer { agreed: false, code: code.map(str::to_owned), ..answer(true, 500) };
        let blocked = hears(sent(), Reply::Answered(Box::new(blocked)), 2_000);
        let (asked, _) = then(blocked, ClosingEvent::Tick, 7_000);
        then(hears(asked, Reply::Duplicate, 8_000), ClosingEvent::Tick, 68_000).0
    };
    assert!(no_word(None).is_closed());
    assert!(matches!(no_word(Some("96")).state, ClosingState::Unknown { .. }));
    let still = hears(asked, answered(true, 500), 31 * 60_000);
    let (closed, send) = then(still, ClosingEvent::Tick, 32 * 60_000);
    assert!(!send && closed.is_closed(), "no wait without a limit");
}

#[test]
fn a_lost_answer_is_not_known_and_only_the_same_id_is_repeated() {
    let id = sent().id;
    let unknown = hears(sent(), Reply::Lost, 2_000);
    assert!(matches!(unknown.state, ClosingState::Unknown { .. }));
    assert!(unknown.is_open() && !unknown.is_gate_closing(), "payments go on meanwhile");
    let (again, send) = then(unknown.clone(), ClosingEvent::Tick, 7_000);
    assert!(send && again.id == id && again.sent == 2);
    // Whoever refuses the second request says nothing of the first.
    for reply in [Reply::Refused(Reason::default()), Reply::NoConnection, Reply::Lost] {
        let still = hears(again.clone(), reply, 8_000);
        assert!(matches!(still.state, ClosingState::Unknown { .. }) && still.is_open());
    }
    let taken = hears(again, Reply::Duplicate, 8_000);
    assert_eq!(taken.state, ClosingState::Closed { answer: None }, "accepted, totals unknown");
    // After a day only a person can tell, who may still ask.
    let (late, _) = then(unknown, ClosingEvent::Tick, 25 * 3_600_000);
    let given_up = hears(late, Reply::Lost, 25 * 3_600_000);
    assert!(!given_up.is_open());
    let (asked, _) = then(given_up, ClosingEvent::AskNow, 26 * 3_600_000);
    assert!(then(asked, ClosingEvent::Tick, 26 * 3_600_000).1);
}

#[test]
fn what_was_never_taken_is_refused() {
    for reply in [Reply::Refused(Reason::default()), Reply::NoConnection] {
        let refused = hears(sent(), reply, 2_000);
        assert!(matches!(refused.state, ClosingState::Refused { .. }));
        assert!(!refused.is_open() && !refused.is_gate_closing() && !refused.is_closed());
    }
}

#[test]
fn words_that_are_not_understood_are_for_a_person() {
    let reply = Answer { agreed: false, code: Some("96".into()), ..answer(false, 500) };
    let unknown = hears(sent(), Reply::Answered(Box::new(reply.clone())), 2_000);
    assert_eq!(unknown.answer(), Some(&reply));
    assert!(!unknown.is_open() && !unknown.is_closed());
}

#[test]
fn a_restart_goes_on_with_the_same_id() {
    let day = Period { from: 0, until: 1_000, carried: vec![] };
    let stored = Closing::begin(sent().id, &day, sent().ours, vec![], None);
    for (before, state) in
        [(stored, "stored"), (sent(), "unknown"), (hears(sent(), answered(true, 0), 2_000), "blocked")]
    {
        let text = serde_json::to_string(&before).unwrap();
        let read: Closing = serde_json::from_str(&text).unwrap();
        let (after, send) = then(read, ClosingEvent::Restarted, 3_000);
        assert_eq!(serde_json::to_value(&after).unwrap()["state"], state);
        assert!(!send && after.wake_at() == Some(3_000));
        assert!(then(after, ClosingEvent::Tick, 3_000).1);
    }
    let closed = hears(sent(), answered(false, 500), 2_000);
    assert_eq!(then(closed.clone(), ClosingEvent::Restarted, 3_000), (closed, false));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    fn any_movement() -> impl Strategy<Value = (Movement, Standing)> {
        let kind =
            prop::sample::select(vec![MovementKind::Sale, MovementKind::Return, MovementKind::Capture]);
        let result = prop::sample::select(vec![Standing::Approved, Standing::Declined]);
        let who = prop::sample::select(vec![None, Some("Ann".to_owned()), Some("Bob".to_owned())]);
        // An open one ends as the second result says, once the first period is over.
        (kind, 0..9_999_999_999_u64, 0..100_u64, any::<[u8; 20]>(), any::<bool>(), result, who).prop_map(
            |(kind, minor, at, id, open, ends, operator)| {
                let result = if open { Standing::Open } else { ends };
                let attempt = AttemptId::from_random(id);
                (Movement { attempt, kind, amount: eur(minor), at, operator, result }, ends)
            },
        )
    }

    proptest! {
        #[test]
        fn the_parts_of_a_period_add_up(all in prop::collection::vec(any_movement(), 0..40), cut in 0..100_u64) {
            let before: Vec<_> = all.iter().map(|(m, _)| m.clone()).filter(|m| m.at < cut).collect();
            let after: Vec<_> =
                all.iter().map(|(m, ends)| Movement { result: *ends, ..m.clone() }).collect();
            let first = Period { from: 0, until: cut, carried: vec![] };
            let first = Report::of("T".into(), &first, before).unwrap();
            let second = Report::of("T".into(), &first.period_after(100), after.clone()).unwrap();
            let whole = Period { from: 0, until: 100, carried: vec![] };
            let whole = Report::of("T".into(), &whole, after).unwrap();
            prop_assert_eq!(first.totals.clone().plus(&second.totals).unwrap(), whole.totals.clone());
            prop_assert_eq!(first.refused + second.refused, whole.refused);
            let people = whole.operators.iter().try_fold(Totals::default(), |sum, one| sum.plus(&one.totals));
            prop_assert_eq!(people.unwrap(), whole.totals);
        }

        #[test]
        fn a_report_reads_what_it_writes(all in prop::collection::vec(any_movement(), 0..20)) {
            let period = Period { from: 0, until: 100, carried: vec![] };
            let report = Report::of("T".into(), &period, all.into_iter().map(|(m, _)| m)).unwrap();
            let report = report.closed(7, Some("Ann".into()));
            let text = serde_json::to_string(&report).unwrap();
            prop_assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
        }
    }
}
