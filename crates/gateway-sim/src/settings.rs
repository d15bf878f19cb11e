//! What the sandbox plays, from a TOML file at the start and by the control API while it runs.

use serde::{Deserialize, Serialize};

/// Timing and faults. The defaults are a gateway on a good day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// How long the bank thinks, and then thinks about an advice, milliseconds.
    pub processing_ms: u64,
    /// How long each answer waits before it is sent, milliseconds.
    pub answer_delay_ms: u64,
    /// How long after its creation an order is found by status calls, milliseconds.
    pub visible_after_ms: u64,
    /// What becomes of the answers, by call.
    pub answers: Answers,
    /// A second sale with a client_orderid that is taken.
    pub duplicate: Duplicate,
    /// The bank approves at most this many minor units.
    pub approve_at_most: Option<u64>,
    /// The order is approved although the advice says that the card declined.
    pub approve_despite_advice: bool,
    /// A chip whose advice does not come is approved by the bank's word after so long, milliseconds. By default it waits
    /// for ever: what the real gateway does is not known.
    pub approve_without_advice_ms: Option<u64>,
    /// Whether less than was reserved can be captured.
    pub partial_capture: bool,
    /// Whether a part of a sale or capture can be returned.
    pub partial_return: bool,
    /// Whether a sale or capture can be voided.
    pub void: bool,
    /// What becomes of captures, returns and voids.
    pub later: Later,
    /// Callbacks.
    pub callbacks: Callbacks,
    /// Closing the day.
    pub closing: Closing,
    /// What `encrypted-type` the data of each reader family has.
    pub encrypted_types: EncryptedTypes,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            processing_ms: 1500,
            answer_delay_ms: 0,
            visible_after_ms: 0,
            answers: Answers::default(),
            duplicate: Duplicate::Refuse,
            approve_at_most: None,
            approve_despite_advice: false,
            approve_without_advice_ms: None,
            partial_capture: false,
            partial_return: false,
            void: true,
            later: Later::Approve,
            callbacks: Callbacks::default(),
            closing: Closing::default(),
            encrypted_types: EncryptedTypes::default(),
        }
    }
}

/// A fault for each call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    /// Sale and preauth.
    pub sale: AnswerFault,
    /// EMV advice.
    pub advice: AnswerFault,
    /// Status.
    pub status: AnswerFault,
    /// Capture.
    pub capture: AnswerFault,
    /// Void.
    pub void: AnswerFault,
    /// Return.
    #[serde(rename = "return")]
    pub reversal: AnswerFault,
    /// Close day.
    pub close_day: AnswerFault,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerFault {
    /// Nothing.
    #[default]
    None,
    /// The call is carried out; the answer breaks off in the middle.
    CutOff,
    /// The call is carried out; its answer waits, and the connection stays open, until this is something else.
    Hang,
    /// The call never arrives: it is not carried out, and the connection breaks.
    Lost,
    /// HTTP 500, and the call is not carried out.
    #[serde(rename = "http-500")]
    Http500,
    /// HTTP 403, as if key or clock were wrong.
    Forbidden,
}

/// What becomes of a capture, return or void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// Approved; of a part, what its amount says.
    Approve,
    /// Declined.
    Decline,
    /// `unknown` for a while, then approved.
    Unknown,
    /// `processing` for ever.
    Stuck,
}

/// What a second sale with the same client_orderid does. The real rule is not documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duplicate {
    /// validation-error `client_orderid … already used` (inferred wording).
    Refuse,
    /// The first answer again, and no second order.
    SameAnswer,
    /// A second order and, if approved, a second charge.
    SecondCharge,
}

/// How days are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Closing {
    /// How long the gate is blocked by a closing, milliseconds.
    pub blocked_ms: u64,
    /// How much more than there was the gateway says was sold, in minor units.
    pub sale_off_by: i64,
    /// The bank's code (field 39).
    pub code39: String,
    /// A request id that was used before.
    pub repeat: Repeat,
}

impl Default for Closing {
    fn default() -> Self {
        Self { blocked_ms: 0, sale_off_by: 0, code39: "00".into(), repeat: Repeat::Refuse }
    }
}

/// What a second closing with the same id does. The real rule is not documented; it closes nothing either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// validation-error `day_close_request_id … is already used` (inferred wording).
    Refuse,
    /// How the first one stands.
    Answer,
}

/// Callbacks to the address given at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Callbacks {
    /// How many times each is sent, even if it was answered at once.
    pub copies: u32,
    /// How long after the final status the first is sent, milliseconds.
    pub delay_ms: u64,
    /// Sends one more before it that says `approved` and has a wrong `control`.
    pub forged: bool,
}

impl Default for Callbacks {
    fn default() -> Self {
        Self { copies: 1, delay_ms: 0, forged: false }
    }
}

/// The `encrypted-type` of each reader family. Only that of Miura is documented; those of MagTek are between a merchant
/// and the acquirer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EncryptedTypes {
    /// Miura's templates.
    pub miura: String,
    /// Input reports of MagneSafe V5.
    pub magtek_v5: String,
    /// Blobs of MMS.
    pub magtek_mms: String,
}

impl Default for EncryptedTypes {
    fn default() -> Self {
        let [miura, magtek_v5, magtek_mms] = ["miura", "magtek-v5", "magtek-mms"].map(str::to_owned);
        Self { miura, magtek_v5, magtek_mms }
    }
}
