//! Tags of the family beside those of EMV.

use tlv::Tag;

macro_rules! tags {
    ($($number:literal $name:ident $doc:literal)*) => {
        $(#[doc = $doc] pub const $name: Tag = Tag::new($number);)*
    };
}

// Messages (MT-MMS "Message Structure").
tags! {
    0x81 INFORMATION "Kind, reference and id of a message."
    0x82 DETAIL "Status of a response, detail of a notification."
    0x84 PAYLOAD "Id again, and parameters."
}

// Parameters of requests and responses.
tags! {
    0x81 PARAMETER_1 "First parameter."
    0x82 PARAMETER_2 "Second parameter."
    0x83 PARAMETER_3 "Third parameter."
    0x84 PARAMETER_4 "Fourth parameter; in notifications the data attached."
    0x85 PARAMETER_5 "Fifth parameter."
    0x86 PARAMETER_6 "Sixth parameter."
    0x89 PARAMETER_9 "Ninth parameter."
    0xA3 READER_OPTIONS "Which ways a card may come in."
}

// Card data, batch data and the issuer's answer (MT-MMS "EMV ARQC Type", "EMV ARPC Type", "EMV Batch Data Type").
tags! {
    0xF9 SIGNED "What the MAC covers."
    0xFA GENERIC "Container for generic data."
    0x70 TRANSACTION "Container of the card data or the issuer's answer."
    0xFF74 ANSWER "Issuer's answer without MAC."
    0xF0 RESULTS "Transaction results."
    0xF1 STATUS "Status of the transaction."
    0xF8 ENCRYPTED "Container for encrypted data."
    0xFC DECRYPTED "What the encrypted data holds."
    0xF4 STRIPE "Stripe data within it."
    0xDFDF54 MAC_KSN "Serial number of the MAC's key."
    0xDFDF55 MAC_TYPE "Encryption type of the MAC."
    0xDFDF25 DEVICE "Serial number of the device."
    0xDFDF53 FALLBACK "Fallback indicator."
    0xDFDF31 MASKED_TRACK_1 "Masked track 1 of a stripe, ASCII."
    0xDFDF33 MASKED_TRACK_2 "Masked track 2 of a stripe, ASCII."
    0xDFDF35 MASKED_TRACK_3 "Masked track 3 of a stripe, ASCII."
    0xDFDF4D MASKED_TRACK_2_CHIP "Masked track 2 of a chip, ASCII."
    0xDFDF52 CARD_TYPE "What kind of card it is."
    0xDFDF59 DATA "Ciphertext."
    0xDFDF56 KSN "Serial number of its key."
    0xDFDF57 ENCRYPTION_TYPE "How it is encrypted."
    0xDFDF58 PADDING "How many bytes were added before encryption."
    0xDFDF1A TRANSACTION_STATUS "0 accepted, 1 declined, 2 error."
    0xDFDF1B TRANSACTION_REASON "More about the status."
    0xDF41 CLEAR_TRACK_1 "Track 1 of a stripe, in clear."
    0xDF42 CLEAR_TRACK_2 "Track 2 of a stripe, in clear."
    0xDF43 CLEAR_TRACK_3 "Track 3 of a stripe, in clear."
    0xF5 PIN "Container for an encrypted PIN."
}
