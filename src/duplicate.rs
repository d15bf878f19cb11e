//! The question before the same card pays the same amount once more.

use payment::api::{CardMask, Outcome};
use payment::money::Amount;
use payment::till::{Attempt, End, State};

/// For so long after an approval the same card and amount are asked about.
const RECENT_MS: u64 = 5 * 60_000;

/// Whether `card` has just paid `amount`, or may have, by one of the `others`.
pub(crate) fn repeats<'a>(
    card: &CardMask,
    amount: Amount,
    others: impl IntoIterator<Item = &'a Attempt>,
    now: u64,
) -> bool {
    others.into_iter().any(|other| {
        let Some(followed) = other.followed() else { return false };
        let same = &followed.terms.card;
        let may_be_charged = match &other.state {
            State::Finished(_, End::Result(Outcome::Approved { .. })) => {
                now.saturating_sub(followed.since) < RECENT_MS
            }
            State::Finished(..) => false,
            _ => true,
        };
        may_be_charged
            && other.draft.amount == amount
            && same.last4 == card.last4
            && same.scheme == card.scheme
    })
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use payment::api::{Entry, Kind, PaymentState, ReaderName, Reason, Terms, TillView};
    use payment::{attempt::AttemptId, money::Currency};

    fn amount(minor: u64) -> Amount {
        Amount::new(minor, Currency::from_code("EUR").unwrap())
    }

    fn card(last4: &str) -> CardMask {
        CardMask { last4: last4.into(), scheme: Some("Visa".into()), ..CardMask::default() }
    }

    fn attempt(state: PaymentState, accepted_at: u64) -> Attempt {
        let terms = Terms {
            attempt: AttemptId::from_random([7; 20]),
            kind: Kind::Sale,
            amount: amount(2000),
            entry: Entry::Contactless,
            reader: ReaderName { family: "miura".into(), serial: "1".into(), emulated: false },
            card: card("0010"),
            tip: None,
            reference: None,
            description: None,
            email: None,
        };
        let view = TillView {
            terms,
            state,
            order_id: None,
            stage: None,
            needs_person: None,
            accepted_at,
            next_poll_ms: 3000,
        };
        Attempt::adopt(view, accepted_at).0
    }

    fn approved(accepted_at: u64) -> Attempt {
        let outcome = Outcome::Approved { amount: amount(2000) };
        attempt(PaymentState::Final { outcome }, accepted_at)
    }

    #[test]
    fn asks_for_five_minutes_after_an_approval() {
        let others = [approved(1_000)];
        assert!(repeats(&card("0010"), amount(2000), &others, 1_000 + RECENT_MS - 1));
        assert!(!repeats(&card("0010"), amount(2000), &others, 1_000 + RECENT_MS));
    }

    #[test]
    fn another_card_or_amount_is_no_repetition() {
        let others = [approved(1_000)];
        assert!(!repeats(&card("0011"), amount(2000), &others, 2_000));
        assert!(!repeats(&card("0010"), amount(2001), &others, 2_000));
    }

    #[test]
    fn asks_while_one_is_open_however_long_and_not_after_a_decline() {
        let open = [attempt(PaymentState::Processing { unknown: true, online_check: false }, 0)];
        assert!(repeats(&card("0010"), amount(2000), &open, 100 * RECENT_MS));
        let outcome = Outcome::Declined(Reason::default());
        let declined = [attempt(PaymentState::Final { outcome }, 0)];
        assert!(!repeats(&card("0010"), amount(2000), &declined, 1));
    }
}
