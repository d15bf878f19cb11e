use crate::{Battery, CardRead, EncryptedData, Identity};

/// What a driver tells its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Connected, checked, ready for a transaction.
    Ready(Identity),
    /// The reader cannot encrypt card data and is not used. Ends a card session; nothing was sent.
    NotSecure,
    /// The reader has used up its keys and needs service. Ends a card session; nothing was sent.
    KeysExhausted,
    /// The battery's charge is another than it was.
    Battery(Battery),
    /// Progress that asks somebody for something.
    Prompt(Prompt),
    /// A card is being read; it stays in or near the reader.
    CardSeen,
    /// The card has been read. From here on the money is followed by its order, not by the reader.
    CardRead(CardRead),
    /// A contact chip's last word after the issuer's answer.
    Decision(CardDecision),
    /// What the reader lacks, for support: names of tags or files.
    Missing(Vec<String>),
    /// The card session is over without a decision. Before [`CardRead`](Self::CardRead) it means that nothing was sent.
    Ended(End),
    /// The card is out of the reader.
    CardRemoved,
    /// The link or the reader cannot be trusted any more: open the link anew and connect again.
    Broken(Fault),
}

/// A contact chip's last word, with the data that the gateway's advice wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardDecision {
    /// Whether the card approved.
    pub approved: bool,
    /// The complete result, for the advice.
    pub data: EncryptedData,
}

/// What somebody is asked to do, or what the reader asks them itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Present a card by one of these ways.
    PresentCard(crate::Interfaces),
    /// Insert the card, chip first.
    InsertCard,
    /// The chip cannot be read: take the card out and swipe it.
    SwipeInstead,
    /// Swipe once more.
    SwipeAgain,
    /// Tap once more.
    TapAgain,
    /// Confirm on the phone, then tap again.
    SeePhone,
    /// Choose the application on the reader.
    ChooseApplication,
    /// Enter the PIN on the reader; so many digits are in.
    EnterPin {
        /// Digits entered so far.
        digits: u8,
    },
    /// The PIN was wrong.
    WrongPin {
        /// Tries that the card still allows, if the reader says so.
        tries_left: Option<u8>,
    },
    /// The next wrong PIN blocks the card.
    LastPinTry,
    /// The PIN was right.
    PinOk,
    /// Take the card out. Said again from time to time while it is in.
    RemoveCard,
}

/// How a card session ended without a decision of the card on the issuer's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Cancelled at the till; the reader has confirmed.
    CancelledOnPage,
    /// Cancelled on the reader.
    CancelledOnReader,
    /// Nobody presented a card or finished what the reader asked for.
    TimedOut,
    /// The card was taken out too early.
    CardTakenOut,
    /// The card approved by itself, unasked. Nothing was sent: this is not a payment.
    ApprovedOffline,
    /// The card declined by itself. Nothing was sent.
    DeclinedByCard,
    /// The card signed another amount or currency than was asked for. Nothing was sent.
    AmountDiffers,
    /// The reader cannot use the card, or refuses the transaction.
    NotUsable {
        /// The vendor's error number. Of Miura: 1000 and the second status byte (MPI API §6.24–6.26). Of MagTek MMS: the
        /// last two bytes of the status or of the outcome. [`CardProblem::of`](crate::CardProblem::of) understands it.
        code: u16,
    },
}

/// Why a link was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Bytes that are no frame: the link lost or added some. Link's fault.
    #[error("damaged frame: {0}")]
    Frame(#[from] crate::miura::FrameError),
    /// The same, of MagTek MMS.
    #[error("damaged message: {0}")]
    MmsFrame(#[from] crate::magtek_mms::FrameError),
    /// A whole frame with contents that make no sense here. Reader's fault.
    #[error("unexpected message from the reader")]
    Unexpected,
    /// No answer in time.
    #[error("the reader does not answer")]
    Silent,
    /// The reader restarted or is switching off.
    #[error("the reader restarted or is switching off")]
    Restarted,
    /// The reader sent card data in clear; it was dropped.
    #[error("the reader sent card data in clear")]
    ClearData,
}
