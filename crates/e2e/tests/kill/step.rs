//! Where a payment can stand when somebody is killed: brought there, held there, and let go on.

use crate::books::Money;
use crate::victims::Victims;
use e2e::{Hold, Shop, until};
use payment::till::{State, Unsure};
use serde_json::json;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);
const CHIP: &str = "Visa, chip without PIN";
const PHONE: &str = "Visa on a phone, tap only";
const MINOR: u64 = 2000;

/// How long the bank thinks, and the gateway waits for an advice: only the moved clock ends either.
const WAIT_MS: u64 = 600_000;

const PAYMENTS: &str = "/payments";
const EVENTS: &str = "/payments/[A-Z2-7]{20}/events";
const PAYMENT_OR_EVENTS: &str = "/payments/[A-Z2-7]{20}(/events)?";
const ABANDON: &str = "/payments/[A-Z2-7]{20}/abandon";
const ADVICE: &str = "/payments/[A-Z2-7]{20}/advice";

macro_rules! steps {
    ($($(#[$about:meta])* $step:ident = $name:literal,)*) => {
        /// A step of the till's, or one of two sides of it where it matters to whom something has come.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Step { $($(#[$about])* $step),* }

        impl Step {
            pub(crate) const ALL: &[Self] = &[$(Self::$step),*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$step => $name),* }
            }
        }
    };
}

steps! {
    /// The reader waits for a card.
    AwaitCard = "await-card",
    /// The reader has not confirmed yet that it stopped.
    Cancelling = "cancelling",
    /// The post has not come to the proxy.
    Posting = "posting",
    /// The proxy has stored the post, the gateway has carried it out, and neither's answer has come.
    Posted = "posted",
    /// The bank thinks.
    AwaitFinal = "await-final",
    /// The bank has answered, the card is checking.
    AwaitCardDecision = "await-card-decision",
    /// The card has decided, and the proxy does not know.
    AdvicePosting = "advice-posting",
    /// The proxy and the gateway have the decision, and neither's answer has come.
    AdvicePosted = "advice-posted",
    /// Nobody answered the post; the abandon has not come to the proxy.
    NoAnswer = "no-answer",
    /// The proxy asks the gateway whether the order exists, and it does.
    Searching = "searching",
    /// Two minutes are over.
    Slow = "slow",
    /// The gateway does not know.
    Unknown = "unknown",
    /// The gateway asks for 3-D Secure.
    OnlineCheck = "online-check",
    /// Approved without the card's word.
    KeepOrGiveBack = "keep-or-give-back",
    /// The gateway has begun the return, and its answer has not come.
    GivingBack = "giving-back",
    /// On the list.
    NeedsPerson = "needs-person",
    /// Approved, and shown.
    Finished = "finished",
}

impl Step {
    /// Where a journal with this state stands. A state that the till gets anew has no step until it is here, and this
    /// does not compile; a step without its arms below does not either.
    fn of(state: &State) -> &'static [Self] {
        match state {
            State::AwaitCard { .. } => &[Self::AwaitCard],
            State::Cancelling { .. } => &[Self::Cancelling],
            State::AwaitAcceptance(_) => &[Self::Posting, Self::Posted],
            // Why a payment in work is not known, the journal need not learn: the proxy says it again.
            State::AwaitFinal(_) => {
                &[Self::AwaitFinal, Self::Slow, Self::Unknown, Self::OnlineCheck, Self::NeedsPerson]
            }
            State::AwaitCardDecision(_) => &[Self::AwaitCardDecision],
            State::AwaitAdvice(_) => &[Self::AdvicePosting, Self::AdvicePosted],
            State::Unresolved(_, unsure) => match unsure {
                Unsure::NoAnswer { .. } => &[Self::NoAnswer],
                Unsure::Searching => &[Self::Searching],
                Unsure::Slow => &[Self::Slow],
                Unsure::Unknown => &[Self::Unknown],
                Unsure::OnlineCheck => &[Self::OnlineCheck],
                Unsure::KeepOrGiveBack => &[Self::KeepOrGiveBack],
                Unsure::GivingBack => &[Self::GivingBack],
                Unsure::NeedsPerson => &[Self::NeedsPerson],
            },
            State::Finished(..) => &[Self::Finished],
        }
    }

    /// Brings a payment here and sees to it that it stays.
    pub(crate) async fn hold(self, shop: &Shop) {
        let (till, gateway) = (&shop.till, &shop.gateway);
        match self {
            Self::AwaitCard => {
                till.pay(MINOR).await;
                till.see(&["Tap, insert or swipe"]).await;
            }
            Self::Cancelling => {
                till.pay(MINOR).await;
                till.see(&["Tap, insert or swipe"]).await;
                till.reader_fault("Slow").await;
                till.freeze().await;
                till.press("Cancel").await;
                till.see(&["Stopping the reader"]).await;
            }
            Self::Posting => {
                till.hold("POST", PAYMENTS, Hold::Request).await;
                self.tap(shop, MINOR).await;
                till.see_held().await;
            }
            Self::Posted => {
                gateway.play(&json!({ "answers": { "sale": "hang" } }));
                till.hold("POST", PAYMENTS, Hold::Answer).await;
                self.tap(shop, MINOR).await;
                till.see_held().await;
                gateway.see_stage("sale_approved").await;
            }
            Self::AwaitFinal | Self::Slow => {
                gateway.play(&json!({ "processing_ms": WAIT_MS }));
                self.tap(shop, MINOR).await;
                till.see(&["Asking the bank"]).await;
                gateway.see_stage("sale_processing").await;
                if self == Self::Slow {
                    till.advance_clock(120_000).await;
                    till.see(&["Result not known yet", "is with the bank"]).await;
                }
            }
            Self::AwaitCardDecision => {
                till.hold("GET", PAYMENT_OR_EVENTS, Hold::Request).await;
                self.insert(shop).await;
                till.see(&["Asking the bank"]).await;
                till.reader_fault("Slow").await;
                till.see_held().await;
                self.bank_asks_the_card(shop).await;
                till.freeze().await;
                till.release(false).await;
                till.see(&["The bank answered, the card is checking"]).await;
            }
            Self::AdvicePosting | Self::AdvicePosted => {
                let unanswered = self == Self::AdvicePosted;
                if unanswered {
                    gateway.play(&json!({ "answers": { "advice": "hang" } }));
                    // What is pushed would say that the proxy has the advice.
                    till.hold("GET", EVENTS, Hold::Request).await;
                }
                self.insert(shop).await;
                till.see(&["Asking the bank"]).await;
                let hold = if unanswered { Hold::Answer } else { Hold::Request };
                till.hold("POST", ADVICE, hold).await;
                gateway.advance_clock(WAIT_MS);
                till.see_held().await;
                if unanswered {
                    let advised = async || gateway.ledger().orders[0].advice.as_ref().map(drop);
                    assert!(until(LIMIT, advised).await.is_some(), "the gateway has no advice");
                }
            }
            Self::NoAnswer => {
                till.hold("POST", PAYMENTS, Hold::Answer).await;
                self.tap(shop, MINOR).await;
                till.see_held().await;
                till.hold("POST", ABANDON, Hold::Request).await;
                till.advance_clock(20_000).await;
                till.see_held().await;
                till.see(&["Result not known yet"]).await;
            }
            Self::Searching => {
                gateway.play(&json!({ "answers": { "sale": "cut-off", "status": "hang" } }));
                self.tap(shop, MINOR).await;
                till.see(&["Result not known yet", "was sent to the bank"]).await;
            }
            Self::Unknown => {
                self.tap(shop, 1017).await;
                till.see(&["Result not known yet", "has not confirmed"]).await;
            }
            Self::OnlineCheck => {
                self.tap(shop, 1062).await;
                till.see(&["Result not known yet", "an online check"]).await;
            }
            Self::KeepOrGiveBack => {
                self.insert(shop).await;
                till.see(&["Asking the bank"]).await;
                gateway.see_stage("sale_emv_processing").await;
                till.press("Remove card").await;
                gateway.advance_clock(WAIT_MS);
                gateway.see_stage("sale_emv_validating").await;
                gateway.advance_clock(WAIT_MS);
                till.see(&["Keep or give back"]).await;
            }
            Self::GivingBack => {
                gateway.play(&json!({ "approve_at_most": 1500 }));
                self.tap(shop, MINOR).await;
                till.see(&["Approved for less"]).await;
                gateway.play(&json!({ "processing_ms": WAIT_MS, "answers": { "return": "hang" } }));
                till.press("Give back").await;
                till.see(&["Being returned"]).await;
                let begun = async || (gateway.ledger().orders[0].returns == 1).then_some(());
                assert!(until(LIMIT, begun).await.is_some(), "the gateway has no return");
            }
            Self::NeedsPerson => {
                // An approval of nothing is none that anybody could believe.
                gateway.play(&json!({ "approve_at_most": 0 }));
                self.tap(shop, MINOR).await;
                till.see(&["Result not known yet", "We cannot find out by ourselves"]).await;
            }
            Self::Finished => {
                self.tap(shop, MINOR).await;
                till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
            }
        }
        self.is_journaled(shop).await;
    }

    async fn is_journaled(self, shop: &Shop) {
        let journaled = until(LIMIT, async || {
            let journal = shop.till.journal().await;
            journal.iter().any(|attempt| Self::of(&attempt.state).contains(&self)).then_some(())
        });
        assert!(journaled.await.is_some(), "not at {self:?}: {:?}", shop.till.journal().await);
    }

    async fn tap(self, shop: &Shop, minor: u64) {
        shop.till.pay(minor).await;
        shop.till.present("Tap", PHONE).await;
    }

    /// A chip that the bank thinks about, and whose advice the gateway does not wait for without end.
    async fn insert(self, shop: &Shop) {
        shop.gateway.play(&json!({ "processing_ms": WAIT_MS, "approve_without_advice_ms": WAIT_MS }));
        shop.till.pay(MINOR).await;
        shop.till.present("Insert", CHIP).await;
    }

    /// The bank approves, and the proxy has seen that the card is to check it.
    async fn bank_asks_the_card(self, shop: &Shop) {
        shop.gateway.advance_clock(WAIT_MS);
        let awaited = until(LIMIT, async || {
            let all = crate::books::proxys(shop);
            let awaits = |view: &payment::api::PaymentView| {
                matches!(view.state, payment::api::PaymentState::AwaitCard { .. })
            };
            all.iter().any(awaits).then_some(())
        });
        assert!(awaited.await.is_some(), "the proxy does not wait for the card");
    }

    /// What held the gateway lets go, once it is up.
    pub(crate) fn bank_goes_on(self, shop: &Shop, victims: Victims) {
        let gateway = &shop.gateway;
        match self {
            Self::AwaitCard | Self::Cancelling | Self::Posting | Self::NoAnswer => {}
            Self::OnlineCheck | Self::KeepOrGiveBack | Self::NeedsPerson | Self::Finished => {}
            Self::Posted => gateway.play(&json!({ "answers": { "sale": "none" } })),
            Self::AwaitFinal | Self::Slow => gateway.advance_clock(WAIT_MS),
            // A card that is lost leaves the last word to the bank.
            Self::AwaitCardDecision | Self::AdvicePosting if victims.browser => {
                gateway.advance_clock(WAIT_MS)
            }
            Self::AwaitCardDecision | Self::AdvicePosting => {}
            Self::AdvicePosted => {
                gateway.play(&json!({ "answers": { "advice": "none" } }));
                gateway.advance_clock(WAIT_MS);
            }
            Self::Searching => gateway.play(&json!({ "answers": { "status": "none" } })),
            Self::Unknown => gateway.advance_clock(30_000),
            Self::GivingBack => {
                gateway.play(&json!({ "answers": { "return": "none" } }));
                gateway.advance_clock(WAIT_MS);
            }
        }
    }

    /// What held the page lets go: it lives. Where the proxy was killed it is still away, and its answers are lost.
    pub(crate) async fn till_goes_on(self, shop: &Shop, victims: Victims) {
        let till = &shop.till;
        match self {
            Self::AwaitCard => till.present("Tap", PHONE).await,
            Self::Cancelling | Self::AwaitCardDecision => {
                till.thaw().await;
                till.reader_fault("Slow").await;
            }
            Self::Posting | Self::NoAnswer | Self::AdvicePosting => till.release(false).await,
            Self::Posted | Self::AdvicePosted => till.release(victims.proxy).await,
            Self::AwaitFinal | Self::Slow | Self::Searching | Self::Unknown | Self::OnlineCheck => {}
            Self::KeepOrGiveBack | Self::GivingBack | Self::NeedsPerson | Self::Finished => {}
        }
    }

    /// Waits for what `docs/reliability.md` says that the till shows once everybody is back, presses what staff would,
    /// and answers what became of the money.
    pub(crate) async fn ends(self, shop: &Shop, victims: Victims) -> Money {
        let till = &shop.till;
        let limit = Duration::from_secs(60);
        let approved = &["Approved", "was charged to Visa"][..];
        let returned = &["Returned", "Nothing stays charged."][..];
        let (words, money) = match self {
            Self::AwaitCard | Self::Cancelling if victims.browser => {
                (&["Interrupted", "Nothing was sent. The card was not charged."][..], Money::Nothing)
            }
            Self::Cancelling => {
                (&["Cancelled", "Nothing was sent. The card was not charged."][..], Money::Nothing)
            }
            Self::Posting if victims.browser => (
                &["Not sent", "The gateway never received it. The card was not charged."][..],
                Money::Nothing,
            ),
            Self::AwaitCardDecision if victims.browser => {
                till.see_within(limit, &["Keep or give back", "The bank approved 20.00 EUR"]).await;
                shop.gateway.play(&json!({ "processing_ms": 0 }));
                till.press("Give back").await;
                (returned, Money::Returned(MINOR))
            }
            Self::KeepOrGiveBack => {
                till.see_within(limit, &["Keep or give back", "The bank approved 20.00 EUR"]).await;
                till.press("Keep 20.00").await;
                (approved, Money::Charged(MINOR))
            }
            Self::AwaitCardDecision | Self::AdvicePosting | Self::AdvicePosted => {
                if !victims.browser || self == Self::AdvicePosted {
                    let advised = async || {
                        let order = shop.gateway.ledger().orders[0].clone();
                        (order.advice.as_deref() == Some("approved")).then_some(())
                    };
                    assert!(until(limit, advised).await.is_some(), "{:?}", shop.gateway.ledger());
                    shop.gateway.advance_clock(WAIT_MS);
                }
                (approved, Money::Charged(MINOR))
            }
            Self::AwaitCard | Self::Posting | Self::Posted | Self::NoAnswer | Self::Searching => {
                (approved, Money::Charged(MINOR))
            }
            Self::AwaitFinal | Self::Slow | Self::Finished => (approved, Money::Charged(MINOR)),
            Self::Unknown => (approved, Money::Charged(1017)),
            Self::OnlineCheck => (&["Result not known yet", "an online check"][..], Money::Open),
            Self::GivingBack => (returned, Money::Returned(1500)),
            Self::NeedsPerson => {
                (&["Result not known yet", "We cannot find out by ourselves"][..], Money::NeedsPerson)
            }
        };
        till.see_within(limit, words).await;
        money
    }
}
