//! The input report of one swipe (MT-V5 §2).

use core::ops::Range;

use zeroize::Zeroizing;

use super::ascii;

/// A report of this length holds three clear tracks and nothing else (MT-211 and other readers that do not encrypt).
pub const CLEAR_LEN: usize = 337;

/// Bytes of the field of a track.
const TRACK_LEN: usize = 112;

mod at {
    //! Where each field lies. The fields up to `ABSOLUTE` are in every report, if only its beginning.
    use super::Range;

    pub(super) const DECODE_STATUS: Range<usize> = 0..3;
    pub(super) const ENCRYPTED_LEN: Range<usize> = 3..6;
    pub(super) const CARD_TYPE: usize = 6;
    pub(super) const ENCRYPTED: [usize; 3] = [7, 119, 231];
    pub(super) const CARD_STATUS: usize = 343;
    pub(super) const MAGNEPRINT_STATUS: Range<usize> = 344..348;
    pub(super) const MAGNEPRINT_LEN: usize = 348;
    pub(super) const MAGNEPRINT: Range<usize> = 349..477;
    pub(super) const SERIAL: Range<usize> = 477..493;
    pub(super) const ENCRYPTION_STATUS: Range<usize> = 493..495;
    pub(super) const KSN: Range<usize> = 495..505;
    pub(super) const MASKED_LEN: Range<usize> = 505..508;
    pub(super) const MASKED: [usize; 3] = [508, 620, 732];
    pub(super) const SESSION: Range<usize> = 844..852;
    pub(super) const ABSOLUTE_LEN: Range<usize> = 852..855;
    pub(super) const MAGNEPRINT_ABSOLUTE_LEN: usize = 855;
    pub(super) const COUNTER: Range<usize> = 856..859;
    pub(super) const VERSION: Range<usize> = 859..867;
    pub(super) const TRACK_2_HASH: Range<usize> = 867..887;
}

/// The shortest report that is read: as far as the masked tracks begin.
const MIN_LEN: usize = 508;
/// The report without tail, and with the tail that [`Tail`] describes.
const LEN: usize = 856;
const LEN_WITH_TAIL: usize = 887;

/// Why bytes are no swipe report. Reader's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// It ends before the masked tracks.
    #[error("swipe report of {0} bytes")]
    Length(usize),
    /// A track says that it is longer than its field.
    #[error("track longer than its field")]
    Track,
}

/// Two bytes of flags, how the reader encrypts (MT-V5 "Reader Encryption Status").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncryptionStatus(pub u16);

impl EncryptionStatus {
    /// As it is on a reader in order.
    pub const ENCRYPTING: Self = Self(0x0006);
    /// Keys are loaded but not used (security level 2).
    pub const NOT_ENCRYPTING: Self = Self(0x0002);
    /// Bit 0: all keys have been used.
    pub const EXHAUSTED: Self = Self(0x0001);
    /// Bit 3: card data only for hosts that hold the keys (security level 4).
    pub const AUTHENTICATION_REQUIRED: Self = Self(0x0008);
    /// Bit 8: as many transactions as were allowed.
    pub const COUNTER_EXPIRED: Self = Self(0x0100);

    /// Whether any of these flags is set.
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 != 0
    }

    /// Whether card data is encrypted: bits 1 and 2.
    pub const fn is_encrypting(self) -> bool {
        self.0 & Self::ENCRYPTING.0 == Self::ENCRYPTING.0
    }

    /// Whether there is no key left to encrypt with.
    pub const fn is_used_up(self) -> bool {
        self.has(Self::EXHAUSTED) || self.has(Self::COUNTER_EXPIRED)
    }
}

/// One track of a swipe. Overwritten when dropped: a reader that does not encrypt puts clear text into it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Track {
    /// There was something, but it could not be read.
    pub error: bool,
    /// Ciphertext, whole blocks of eight bytes. Clear text on a reader that does not encrypt.
    pub encrypted: Zeroizing<Vec<u8>>,
    /// What may be seen, in ASCII, sentinels included.
    pub masked: Zeroizing<Vec<u8>>,
    /// Bytes of the track before it was padded for encryption; 0 where the report ends before it says so.
    pub absolute_len: u8,
}

/// What reports of 887 bytes and more say after the tracks. Nothing of it decides anything.
#[derive(Clone, PartialEq, Eq)]
pub struct Tail {
    /// Transactions left; FFFFFF without limit.
    pub counter: [u8; 3],
    /// ASCII, filled up with 00.
    pub version: [u8; 8],
    /// SHA-1 of track 2.
    pub track_2_hash: [u8; 20],
}

/// One swipe.
#[derive(Clone, PartialEq, Eq)]
pub struct SwipeReport {
    /// Tracks 1 to 3.
    pub tracks: [Track; 3],
    /// 0 bank card, 1 licence, 3 blank, 4 other, 5 undetermined.
    pub card_type: u8,
    /// Insert readers only.
    pub card_status: u8,
    /// How the print was read.
    pub magneprint_status: [u8; 4],
    /// Ciphertext of the stripe's print.
    pub magneprint: Vec<u8>,
    /// Bytes of the print before padding.
    pub magneprint_absolute_len: u8,
    /// Serial number of the device; may be empty.
    pub serial: String,
    /// How the reader encrypts.
    pub status: EncryptionStatus,
    /// Serial number of the key; zeros without one.
    pub ksn: [u8; 10],
    /// Session id, encrypted.
    pub session: [u8; 8],
    /// Of newer readers.
    pub tail: Option<Tail>,
}

impl SwipeReport {
    /// Card type of a bank card (ISO/ABA).
    pub const BANK_CARD: u8 = 0;

    /// Reads a report of any length that has the beginnings of all fields; what follows is read as far as it goes.
    ///
    /// # Errors
    /// See [`ReportError`].
    pub fn parse(report: &[u8]) -> Result<Self, ReportError> {
        if report.len() < MIN_LEN {
            return Err(ReportError::Length(report.len()));
        }
        let track = |index: usize| {
            let byte = |range: Range<usize>| report.get(range.start + index).copied().unwrap_or_default();
            let field =
                |at: [usize; 3], len: u8| field(report, at.get(index).copied().unwrap_or_default(), len);
            Ok(Track {
                error: byte(at::DECODE_STATUS) & 1 != 0,
                encrypted: field(at::ENCRYPTED, byte(at::ENCRYPTED_LEN))?.to_vec().into(),
                masked: field(at::MASKED, byte(at::MASKED_LEN))?.to_vec().into(),
                absolute_len: byte(at::ABSOLUTE_LEN),
            })
        };
        let byte = |at: usize| report.get(at).copied().unwrap_or_default();
        let magneprint = report.get(at::MAGNEPRINT).unwrap_or_default();
        let magneprint = magneprint.get(..usize::from(byte(at::MAGNEPRINT_LEN))).ok_or(ReportError::Track)?;
        let serial = report.get(at::SERIAL).unwrap_or_default();
        let tail = report.get(..LEN_WITH_TAIL).map(|_| Tail {
            counter: array(report, at::COUNTER),
            version: array(report, at::VERSION),
            track_2_hash: array(report, at::TRACK_2_HASH),
        });
        Ok(Self {
            tracks: [track(0)?, track(1)?, track(2)?],
            card_type: byte(at::CARD_TYPE),
            card_status: byte(at::CARD_STATUS),
            magneprint_status: array(report, at::MAGNEPRINT_STATUS),
            magneprint: magneprint.to_vec(),
            magneprint_absolute_len: byte(at::MAGNEPRINT_ABSOLUTE_LEN),
            serial: ascii(serial.split(|byte| *byte == 0).next().unwrap_or_default()),
            status: EncryptionStatus(u16::from_be_bytes(array(report, at::ENCRYPTION_STATUS))),
            ksn: array(report, at::KSN),
            session: array(report, at::SESSION),
            tail,
        })
    }

    /// The report: 856 bytes, or 887 with a tail. What does not fit its field is cut.
    pub fn encode(&self) -> Vec<u8> {
        let mut report = vec![0; if self.tail.is_some() { LEN_WITH_TAIL } else { LEN }];
        let mut put = |at: usize, bytes: &[u8], room: usize| {
            let to = report.iter_mut().skip(at).take(room);
            to.zip(bytes).for_each(|(to, from)| *to = *from);
        };
        let len = |bytes: &[u8]| [u8::try_from(bytes.len()).unwrap_or(u8::MAX)];
        let starts = at::ENCRYPTED.into_iter().zip(at::MASKED);
        for (index, (track, (encrypted, masked))) in self.tracks.iter().zip(starts).enumerate() {
            put(at::DECODE_STATUS.start + index, &[u8::from(track.error)], 1);
            put(at::ENCRYPTED_LEN.start + index, &len(&track.encrypted), 1);
            put(encrypted, &track.encrypted, TRACK_LEN);
            put(at::MASKED_LEN.start + index, &len(&track.masked), 1);
            put(masked, &track.masked, TRACK_LEN);
            put(at::ABSOLUTE_LEN.start + index, &[track.absolute_len], 1);
        }
        put(at::CARD_TYPE, &[self.card_type], 1);
        put(at::CARD_STATUS, &[self.card_status], 1);
        put(at::MAGNEPRINT_STATUS.start, &self.magneprint_status, 4);
        put(at::MAGNEPRINT_LEN, &len(&self.magneprint), 1);
        put(at::MAGNEPRINT.start, &self.magneprint, at::MAGNEPRINT.len());
        put(at::MAGNEPRINT_ABSOLUTE_LEN, &[self.magneprint_absolute_len], 1);
        put(at::SERIAL.start, self.serial.as_bytes(), at::SERIAL.len() - 1);
        put(at::ENCRYPTION_STATUS.start, &self.status.0.to_be_bytes(), 2);
        put(at::KSN.start, &self.ksn, 10);
        put(at::SESSION.start, &self.session, 8);
        if let Some(tail) = &self.tail {
            put(at::COUNTER.start, &tail.counter, 3);
            put(at::VERSION.start, &tail.version, 8);
            put(at::TRACK_2_HASH.start, &tail.track_2_hash, 20);
        }
        report
    }
}

/// The used part of a track's field. A report may end inside the fields of the masked tracks.
fn field(report: &[u8], start: usize, len: u8) -> Result<&[u8], ReportError> {
    let len = usize::from(len);
    if len > TRACK_LEN {
        return Err(ReportError::Track);
    }
    let field = report.get(start..).unwrap_or_default();
    Ok(field.get(..len).unwrap_or(field))
}

fn array<const N: usize>(report: &[u8], at: Range<usize>) -> [u8; N] {
    report.get(at).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
}
