use core::fmt;

use cbc::cipher::block_padding::{NoPadding, ZeroPadding};
use cbc::cipher::{BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use des::{Des, TdesEde2};
use zeroize::Zeroize;

use crate::Ksn;

/// What turns the left half of the chain into the right half (X9.24-1:2009 A.3, A.6).
const HALF_MASK: u128 = 0xC0C0_C0C0_0000_0000_C0C0_C0C0_0000_0000;

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone)]
            pub struct $name([u8; 16]);

            impl $name {
                /// The key from its bytes.
                pub const fn new(bytes: [u8; 16]) -> Self {
                    Self(bytes)
                }

                /// The bytes, for key loading and for comparison with published tables.
                pub const fn expose(&self) -> &[u8; 16] {
                    &self.0
                }
            }

            impl Drop for $name {
                fn drop(&mut self) {
                    self.0.zeroize();
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(concat!(stringify!($name), "([redacted])"))
                }
            }
        )*
    };
}

keys! {
    /// The host's base derivation key.
    BaseKey
    /// The key loaded into one reader (IPEK).
    InitialKey
    /// The key of one transaction counter. It encrypts nothing itself.
    TransactionKey
    /// A transaction key made fit for one use.
    WorkingKey
}

/// The uses of a transaction key (X9.24-1:2009 table A-1; DEK is the data variant encrypted under itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// PIN encryption.
    Pin,
    /// Message authentication, reader to host.
    MacRequest,
    /// Message authentication, host to reader.
    MacResponse,
    /// Data encryption, reader to host, as a plain variant.
    DataRequest,
    /// Data encryption, host to reader, as a plain variant.
    DataResponse,
    /// Data encryption, reader to host, in the one-way form of the 2009 edition.
    DekRequest,
    /// Data encryption, host to reader, in the one-way form of the 2009 edition.
    DekResponse,
}

impl BaseKey {
    /// The initial key of the reader that uses this key serial number.
    pub fn initial(&self, ksn: Ksn) -> InitialKey {
        let seed = ksn.with_counter(0).left();
        let masked = xor(self.0, HALF_MASK);
        InitialKey(join(encrypt_block(&self.0, seed), encrypt_block(&masked, seed)))
    }
}

impl InitialKey {
    /// The transaction key of this key serial number: one derivation step for each one bit of the counter.
    pub fn transaction(&self, ksn: Ksn) -> TransactionKey {
        let counter = ksn.counter();
        let mut taken = 0;
        let mut key = self.0;
        for bit in (0..u32::BITS).rev().map(|shift| 1 << shift).filter(|bit| counter & bit != 0) {
            taken |= bit;
            let register = ksn.with_counter(taken).right();
            key = join(one_way(xor(key, HALF_MASK), register), one_way(key, register));
        }
        TransactionKey(key)
    }
}

impl TransactionKey {
    /// The key for one use.
    pub fn working(&self, variant: Variant) -> WorkingKey {
        let mask = match variant {
            Variant::Pin => 0xFF,
            Variant::MacRequest => 0xFF00,
            Variant::MacResponse => 0xFF00_0000,
            Variant::DataRequest | Variant::DekRequest => 0xFF_0000,
            Variant::DataResponse | Variant::DekResponse => 0xFF_0000_0000,
        };
        let key = xor(self.0, mask << 64 | mask);
        match variant {
            Variant::DekRequest | Variant::DekResponse => {
                let (left, right) = halves(key);
                WorkingKey(join(encrypt_block(&key, left), encrypt_block(&key, right)))
            }
            _ => WorkingKey(key),
        }
    }
}

/// Encrypted data is a multiple of eight bytes; this is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("encrypted data is not a whole number of eight-byte blocks")]
pub struct NotWholeBlocks;

impl WorkingKey {
    /// TDES-CBC with a zero initial vector; `clear` is padded with 00 to whole blocks.
    pub fn encrypt(&self, clear: &[u8]) -> Vec<u8> {
        cbc::Encryptor::<TdesEde2>::new(&self.0.into(), &[0; 8].into())
            .encrypt_padded_vec::<ZeroPadding>(clear)
    }

    /// The inverse of [`encrypt`](Self::encrypt); the padding stays.
    ///
    /// # Errors
    /// [`NotWholeBlocks`]: no reader sent this.
    pub fn decrypt(&self, encrypted: &[u8]) -> Result<Vec<u8>, NotWholeBlocks> {
        cbc::Decryptor::<TdesEde2>::new(&self.0.into(), &[0; 8].into())
            .decrypt_padded_vec::<NoPadding>(encrypted)
            .map_err(|_| NotWholeBlocks)
    }
}

/// The non-reversible key generation for one half (X9.24-1:2009 A.2).
fn one_way(key: [u8; 16], register: [u8; 8]) -> [u8; 8] {
    let (left, right) = halves(key);
    let mut block = xor_half(register, right).into();
    Des::new(&left.into()).encrypt_block(&mut block);
    xor_half(block.into(), right)
}

fn encrypt_block(key: &[u8; 16], block: [u8; 8]) -> [u8; 8] {
    let mut block = block.into();
    TdesEde2::new(&(*key).into()).encrypt_block(&mut block);
    block.into()
}

fn xor(key: [u8; 16], mask: u128) -> [u8; 16] {
    (u128::from_be_bytes(key) ^ mask).to_be_bytes()
}

fn xor_half(a: [u8; 8], b: [u8; 8]) -> [u8; 8] {
    (u64::from_be_bytes(a) ^ u64::from_be_bytes(b)).to_be_bytes()
}

fn halves(key: [u8; 16]) -> ([u8; 8], [u8; 8]) {
    let [a, b, c, d, e, f, g, h, right @ ..] = key;
    ([a, b, c, d, e, f, g, h], right)
}

fn join(left: [u8; 8], right: [u8; 8]) -> [u8; 16] {
    (u128::from(u64::from_be_bytes(left)) << 64 | u128::from(u64::from_be_bytes(right))).to_be_bytes()
}
