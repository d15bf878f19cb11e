//! The SHA-1 `control` parameter: lower-case hex of the listed values and the control key, run together.
//! Source: Payneteasy docs, request authentication methods, and each call's own page.

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use crate::{ControlKey, Login};

/// An amount that takes part in a signature: digits of [`crate::Amount::control_digits`], and the currency.
pub type SignedAmount<'a> = (u64, &'a str);

/// `control` of a status call and of a void: login, client_orderid, orderid. An order id that is not sent is empty here.
#[must_use]
pub fn status(login: &Login, client_orderid: &str, orderid: &str, key: &ControlKey) -> String {
    digest(&[login.as_str(), client_orderid, orderid], key)
}

/// `control` of a capture and of a return: as for status, then amount and currency if the amount is sent.
#[must_use]
pub fn reversal(
    login: &Login,
    client_orderid: &str,
    orderid: &str,
    amount: Option<SignedAmount<'_>>,
    key: &ControlKey,
) -> String {
    let (digits, currency) =
        amount.map_or_else(Default::default, |(digits, currency)| (digits.to_string(), currency));
    digest(&[login.as_str(), client_orderid, orderid, &digits, currency], key)
}

/// `control` of a callback: status, orderid, client_orderid. It covers neither amount nor time.
#[must_use]
pub fn callback(status: &str, orderid: &str, client_orderid: &str, key: &ControlKey) -> String {
    digest(&[status, orderid, client_orderid], key)
}

/// Compares in a time that does not depend on where the two differ. Case of the hex digits does not matter.
#[must_use]
pub fn matches(expected: &str, received: &str) -> bool {
    expected.as_bytes().ct_eq(received.to_ascii_lowercase().as_bytes()).into()
}

fn digest(values: &[&str], key: &ControlKey) -> String {
    let mut sha1 = Sha1::new();
    for value in values {
        sha1.update(value.as_bytes());
    }
    sha1.update(key.secret().as_bytes());
    hex::encode(sha1.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn key(text: &str) -> ControlKey {
        ControlKey::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn vector_s1_documented_sale_inputs() {
        let control = digest(
            &["1111", "902B4FF5", "1042", "john.smith@gmail.com"],
            &key("B17F59B4-A7DC-41B4-8FF9-37D986B43D20"),
        );
        assert_eq!(control, "c6bdd88a78834ef4b863b088827a459f039e8257");
    }

    #[test]
    fn vector_s2_documented_code_sample() {
        assert_eq!(digest(&["test string to "], &key("sha1")), "bd4c24bb656d161a66d89a45f50bf52cb7134851");
    }
}
