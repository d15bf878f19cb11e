//! The three books, side by side.

use e2e::{Shop, until};
use payment::api::{Outcome, PaymentState, PaymentView};
use payment::attempt::AttemptId;
use payment::till::{Attempt, End, State};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

/// What became of the money; minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Money {
    /// None has moved, and that is final.
    Nothing,
    /// Charged, and that is final.
    Charged(u64),
    /// Charged and returned.
    Returned(u64),
    /// None has moved; the gateway does not end it.
    Open,
    /// Only a person can tell.
    NeedsPerson,
}

/// What the proxy's book says.
pub(crate) fn proxys(shop: &Shop) -> Vec<PaymentView> {
    let text = shop.proxy.ask_as_manager("payments");
    payment::json::read(&text).unwrap_or_else(|| panic!("the proxy's list cannot be read: {text}"))
}

/// Waits until all books say the same of the one payment, and answers what.
pub(crate) async fn agree(shop: &Shop, money: Money) -> String {
    let journaled = until(LIMIT, async || {
        let journal = shop.till.journal().await;
        let [attempt] = journal.as_slice() else { panic!("one payment, not {journal:?}") };
        says(attempt, money).then(|| attempt.draft.attempt.clone())
    });
    let Some(id) = journaled.await else { panic!("not {money:?}: {:?}", shop.till.journal().await) };
    let known = until(LIMIT, async || knows(&proxys(shop), &id, money).then_some(()));
    assert!(known.await.is_some(), "not {money:?}: {:?}", proxys(shop));
    let needs_person = matches!(money, Money::NeedsPerson);
    assert_eq!(shop.proxy.metric("mpos_orders_need_person"), i64::from(needs_person));

    let ledger = shop.gateway.ledger();
    let orders = &ledger.orders;
    assert!(orders.len() <= 1 && ledger.charges <= 1, "more than one charge: {ledger:?}");
    assert!(orders.iter().all(|order| order.sale_requests == 1 && order.returns <= 1), "{ledger:?}");
    assert!(orders.iter().all(|order| order.client_orderid == id.as_str()), "{ledger:?}");
    let expected = match money {
        Money::Nothing => (0, 0, 0),
        Money::Open | Money::NeedsPerson => (1, 0, 0),
        Money::Charged(minor) => (1, minor, 0),
        Money::Returned(minor) => (1, minor, minor),
    };
    assert_eq!((orders.len(), ledger.charged, ledger.returned), expected, "{ledger:?}");
    format!("{money:?}")
}

/// The page's book.
fn says(attempt: &Attempt, money: Money) -> bool {
    match (&attempt.state, money) {
        (State::Finished(_, end), Money::Nothing) => {
            matches!(end, End::NotSent(_) | End::Result(Outcome::NotCharged { .. }))
        }
        (State::Finished(_, End::Result(Outcome::Approved { amount })), Money::Charged(minor)) => {
            amount.minor == minor
        }
        (State::Finished(_, End::Result(Outcome::GivenBack { .. })), Money::Returned(_)) => true,
        // Why it is not known is on the screen, and need not be in the journal.
        (State::AwaitFinal(_) | State::Unresolved(..), Money::Open | Money::NeedsPerson) => true,
        _ => false,
    }
}

/// The proxy's book.
fn knows(views: &[PaymentView], id: &AttemptId, money: Money) -> bool {
    let [view] = views else { return views.is_empty() && money == Money::Nothing };
    let final_outcome = match &view.state {
        PaymentState::Final { outcome } => Some(outcome),
        _ => None,
    };
    view.terms.attempt == *id
        && view.needs_person.is_some() == (money == Money::NeedsPerson)
        && match (final_outcome, money) {
            (Some(Outcome::NotCharged { .. }), Money::Nothing) => true,
            (Some(Outcome::Approved { amount }), Money::Charged(minor)) => amount.minor == minor,
            (Some(Outcome::GivenBack { .. }), Money::Returned(_)) => true,
            (None, Money::Open | Money::NeedsPerson) => true,
            _ => false,
        }
}
