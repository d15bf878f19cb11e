//! The JSON between page and proxy, under `/api/v1`.

mod health;
mod later;
mod receipt;
mod staff;
mod timeline;
mod trace;
mod wire;

use crate::{attempt::AttemptId, money::Amount, role::Signed, secret::EncryptedData};
pub use health::{GatewayHealth, Health, Reached};
pub use later::{AskLater, Later, LaterKind, LaterState, Left};
pub use receipt::{Copy, Personal, Print, Printed, ReceiptView};
use serde::{Deserialize, Serialize};
pub use staff::{AddOperator, Change, ChangeOperator, Deed, Did, Door, Operator, SignIn, Tile};
use std::collections::BTreeMap;
pub use timeline::{Happened, History, Source, What};
pub use trace::{CallAnswer, Party, Trace, TracedCall, Word};

/// What the customer agreed to: a sale is charged, a preauthorisation only reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Charged at once.
    Sale,
    /// Reserved, to be collected or released later.
    Preauth,
}

/// How the card was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Inserted; the card stays in and checks the bank's answer.
    Chip,
    /// Tapped; needs no advice.
    Contactless,
    /// Swiped; needs no advice.
    Swipe,
}

/// All of a card that may be shown or kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CardMask {
    /// The last four digits.
    pub last4: String,
    /// The first six digits, where the reader gives them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first6: Option<String>,
    /// The scheme's name, as `Visa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Expiry as `YYMM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<String>,
    /// The cardholder's name as on the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

impl CardMask {
    /// Whether every part is as short as a mask must be, so that no full number can hide in it.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        let digits = |s: &str, most: usize| s.len() <= most && s.bytes().all(|b| b.is_ascii_digit());
        let name = |s: &str| s.len() <= 32 && s.bytes().filter(u8::is_ascii_digit).count() < 8;
        digits(&self.last4, 4)
            && self.first6.as_deref().is_none_or(|s| digits(s, 6))
            && self.expiry.as_deref().is_none_or(|s| digits(s, 4))
            && self.scheme.as_deref().is_none_or(name)
            && self.holder.as_deref().is_none_or(name)
    }
}

/// The reader that read the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReaderName {
    /// The protocol family, as `miura`.
    pub family: String,
    /// The serial number that the reader reports.
    pub serial: String,
    /// The emulator of demo builds; a proxy refuses it outside the sandbox.
    #[serde(default)]
    pub emulated: bool,
}

/// What is to be paid, with what, by which attempt: everything of a payment that may be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// The attempt, which is the gateway's `client_orderid`.
    pub attempt: AttemptId,
    /// Sale or preauthorisation.
    pub kind: Kind,
    /// The amount asked for.
    pub amount: Amount,
    /// How the card was read.
    pub entry: Entry,
    /// The reader that read it.
    pub reader: ReaderName,
    /// The card's mask.
    pub card: CardMask,
    /// What of the amount is a tip, in minor units; the gateway hears of the whole amount only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<u64>,
    /// The shop's own reference of the order, as an invoice's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Text of the order, shown in the gateway's reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where the gateway sends the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// `POST /payments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartPayment {
    /// What is to be paid.
    #[serde(flatten)]
    pub terms: Terms,
    /// What the reader encrypted.
    pub encrypted_data: EncryptedData,
}

/// `POST /payments/{id}/abandon`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abandon {
    /// Whether the page had begun to send the payment. Then only the gateway can say that nothing was charged.
    pub sent: bool,
    /// What would have been paid.
    pub terms: Terms,
}

/// What the proxy answers to an abandon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "abandoned")]
pub enum Abandoned {
    /// Nothing was sent under this id and nothing ever will be.
    NotCharged,
    /// The proxy knows the payment, or is asking the gateway for it; this is how it stands.
    Known(Box<TillView>),
}

/// `POST /payments/{id}/advice`: the card's decision on the bank's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Whether the card agreed.
    pub approved: bool,
    /// The reader's answer to the second GENERATE AC.
    pub encrypted_data: EncryptedData,
}

/// `POST /payments/{id}/card-lost`: the card can no longer decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardLost {
    /// What the card had said, if the page had journaled its decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_said: Option<bool>,
}

/// The bank's answer, for the card to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssuerAnswer {
    /// The authorisation response code, tag 8A: two characters, `00` approves.
    pub response_code: String,
    /// Hex of tags 91, 71 and 72, where the issuer sent any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

/// How a payment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PaymentState {
    /// Being handed to the gateway.
    Sending,
    /// The gateway's answer was lost; the proxy asks whether the order exists.
    Searching,
    /// The gateway works on it.
    Processing {
        /// The gateway itself does not know the result.
        unknown: bool,
        /// The gateway asks for an online check (3-D Secure) that a card reader cannot do.
        online_check: bool,
    },
    /// The card in the reader must check the bank's answer.
    AwaitCard {
        /// What the bank said.
        issuer: IssuerAnswer,
    },
    /// Approved although the card never decided: a person says keep or give back.
    KeepOrGiveBack,
    /// Being returned in full.
    GivingBack {
        /// Why.
        why: GiveBackReason,
    },
    /// Final.
    Final {
        /// The result.
        outcome: Outcome,
    },
}

/// The end of an attempt. Never left, except by a later transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// Charged, or reserved.
    Approved {
        /// What was approved; may be less than asked.
        amount: Amount,
    },
    /// The bank or the card refused.
    Declined(Reason),
    /// The gateway's fraud rules refused.
    Filtered(Reason),
    /// The gateway ended it with an error.
    Error(Reason),
    /// Nothing was charged, and why that is certain.
    NotCharged {
        /// The rule that makes it certain.
        why: NotCharged,
        /// What the gateway said, if it said anything.
        reason: Reason,
    },
    /// Charged and returned in full.
    GivenBack {
        /// Why.
        why: GiveBackReason,
    },
}

/// The bank's or gateway's words for a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A code, as `116` or `55`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A text for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The only grounds on which "not charged" is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCharged {
    /// Sending never began.
    NeverSent,
    /// No connection to the gateway could be begun.
    NoConnection,
    /// The gateway refused the request itself.
    Refused,
    /// The gateway refused the till's key or endpoint.
    TillRefused,
    /// The gateway was asked until it was certain that the order does not exist.
    NeverArrived,
}

/// Why the machine returns money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveBackReason {
    /// The card refused after the bank approved.
    CardRefused,
    /// The card was lost before it decided.
    CardLost,
    /// It was reported as not charged and turned up approved.
    ChargedLate,
    /// Staff gave it back.
    Staff,
}

/// What the till follows of a payment: a [`PaymentView`] without what came after it, which the till does not download the
/// reading of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TillView {
    /// What is being paid.
    pub terms: Terms,
    /// How it stands.
    #[serde(flatten)]
    pub state: PaymentState,
    /// The gateway's order id, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The gateway's stage, for support; it never decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The fact that is missing, when only a person can settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_person: Option<String>,
    /// When the proxy took it, in Unix milliseconds.
    pub accepted_at: u64,
    /// When to ask again, in milliseconds from the answer.
    pub next_poll_ms: u32,
}

/// `GET /payments/{id}`: everything that is shown of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentView {
    /// The payment itself.
    #[serde(flatten)]
    pub till: TillView,
    /// Receipt fields by the gateway's own names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub receipt: BTreeMap<String, String>,
    /// Who was signed in when the proxy took it; nobody at a kiosk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// What came after it: captures, returns and voids, the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Later>,
    /// What may still be done with it.
    #[serde(default)]
    pub left: Left,
    /// Some of the customer's data was erased since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

impl From<TillView> for PaymentView {
    /// As long as nothing came after it.
    fn from(till: TillView) -> Self {
        Self {
            till,
            receipt: BTreeMap::new(),
            operator: None,
            later: vec![],
            left: Left::default(),
            erased: false,
        }
    }
}

impl std::ops::Deref for PaymentView {
    type Target = TillView;

    fn deref(&self) -> &TillView {
        &self.till
    }
}

impl std::ops::DerefMut for PaymentView {
    fn deref_mut(&mut self) -> &mut TillView {
        &mut self.till
    }
}

/// `GET /payments/{id}/events` says something at least so often, in milliseconds, if only that nothing has changed.
pub const EVENTS_HEARTBEAT_MS: u64 = 5_000;

/// `GET /terminal`: what this till is and may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terminal {
    /// The till's name.
    pub till: String,
    /// The shop's name, address, tax id and footer, for receipts.
    pub merchant: Merchant,
    /// The currency that the till begins with, with the most that a payment may be.
    pub limit: Amount,
    /// The same of every other currency that it takes.
    pub other_limits: Vec<Amount>,
    /// How amounts are keyed here.
    pub keying: Keying,
    /// No money moves.
    pub sandbox: bool,
    /// Staff are present; otherwise this is a kiosk.
    pub attended: bool,
    /// Whether preauthorisations are offered.
    pub preauth: bool,
    /// The reader families that may take cards, by their names.
    pub readers: Vec<String>,
    /// The proxy's version.
    pub version: String,
    /// Whether the gateway answered the proxy's last question.
    pub gateway_reachable: bool,
    /// The gateway is closing the day, and no payment passes: when it was last asked, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate_closing: Option<u64>,
    /// What staff have to hear of, the latest first; none at a kiosk, and none while nobody is signed in.
    pub notices: Vec<Notice>,
    /// Who is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<Signed>,
    /// Nobody is signed in, and nothing may be sold here before somebody is.
    pub locked: bool,
}

/// How amounts are keyed at a till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keying {
    /// Quick sums, as 3 × 2.50 + 1.
    pub sums: bool,
    /// The digits stand as on a calculator, 7-8-9 on top.
    pub calculator: bool,
    /// Amounts of one touch.
    pub presets: Vec<Amount>,
    /// How many of the last amounts are offered beside them.
    pub last: u32,
    /// A note can be keyed, the order's description.
    pub note: bool,
    /// An order reference can be keyed or scanned.
    pub reference: bool,
    /// Tips that are offered, in percent. Without one nobody is asked.
    pub tips: Vec<u32>,
    /// Asks once about an amount that looks like a mistake.
    pub check_odd: bool,
}

impl Default for Keying {
    fn default() -> Self {
        Self {
            sums: true,
            calculator: false,
            presets: vec![],
            last: 1,
            note: true,
            reference: true,
            tips: vec![],
            check_odd: true,
        }
    }
}

/// Something about the books that staff have to hear of, until they acknowledge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Names it in `POST /notices/{id}/acknowledge`.
    pub id: u64,
    /// When it was raised, in Unix milliseconds.
    pub at: u64,
    /// A few words.
    pub title: String,
    /// What happened to the money, then who does what.
    pub text: String,
}

/// The merchant's texts on a receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Merchant {
    /// Name of the shop.
    pub name: String,
    /// Address, one line.
    #[serde(default)]
    pub address: String,
    /// Tax id.
    #[serde(default)]
    pub tax_id: String,
    /// Last line of a receipt.
    #[serde(default)]
    pub footer: String,
    /// The language of receipts, unless another is chosen for one: its code (ISO 639-1).
    #[serde(default)]
    pub language: String,
}

/// An error answer: a problem document of RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable code, as `over-limit`; also the last part of the problem's type.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// One sentence for support.
    pub title: String,
    /// One sentence for the cashier: whose fault, what happened to the money, what to do.
    pub cashier: String,
    /// Names this answer in the proxy's log: the trace of the payment that the call was about, else a random one.
    pub trace_id: String,
}
