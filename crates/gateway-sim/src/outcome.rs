//! Which end an amount leads to.

/// What the bank, or the gateway before it, will say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Approved.
    Approve,
    /// Declined by the issuer.
    Decline(Reason),
    /// Declined by the card after the issuer had approved; said by the advice.
    CardDeclined,
    /// Refused by fraud control.
    Filter,
    /// Something went wrong.
    Fail,
    /// `unknown` for [`UNKNOWN_MS`], then approved.
    UnknownFirst,
    /// `processing` for ever.
    Stuck,
    /// A 3DS redirect: a gate that is set up wrongly for a terminal.
    Redirect,
}

/// Why an issuer declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// `error-code`, in the style of the sandbox's documented CVV2 rules.
    pub(crate) code: u32,
    /// `auth-response-code` (ISO 8583 field 39).
    pub(crate) response_code: &'static str,
    /// `error-message`.
    pub(crate) message: &'static str,
}

/// How long an unknown outcome stays unknown.
pub(crate) const UNKNOWN_MS: u64 = 30_000;

/// The table: the last two digits of the amount in minor units decide, of a payment and of a part of it. The codes follow the real sandbox's
/// CVV2 table (Payneteasy docs, test scenarios), which has none for terminals.
pub(crate) const fn of_amount(minor: u64) -> Outcome {
    match minor % 100 {
        1 => decline(101, "54", "Expired card"),
        9 => decline(209, "43", "Pick up, stolen card"),
        16 => decline(116, "51", "Not sufficient funds"),
        17 => Outcome::UnknownFirst,
        19 => decline(119, "57", "Transaction not permitted to cardholder"),
        51 => Outcome::Filter,
        52 => Outcome::Fail,
        55 => decline(117, "55", "Incorrect PIN"),
        60 => Outcome::Stuck,
        62 => Outcome::Redirect,
        _ => Outcome::Approve,
    }
}

/// What a bank says that was told to decline.
pub(crate) const DECLINED: Outcome = decline(116, "51", "Not sufficient funds");

/// Whether the answer to the request is cut off after it was carried out.
pub(crate) const fn cuts_off_the_answer(minor: u64) -> bool {
    minor % 100 == 61
}

const fn decline(code: u32, response_code: &'static str, message: &'static str) -> Outcome {
    Outcome::Decline(Reason { code, response_code, message })
}
