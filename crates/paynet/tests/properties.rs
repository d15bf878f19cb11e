//! What holds for all inputs.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use paynet::oauth::{Authorization, sign};
use paynet::{
    Amount, Callback, CallbackError, ControlKey, Dialect, Fields, HttpReply, Login, Stamp, amount, control,
    reply,
};
use proptest::prelude::*;

const SALE_URL: &str = "https://sandbox.payneteasy.com/paynet/mapi/v1/sale/1111";

fn login() -> Login {
    Login::try_from("merchantlogin".to_owned()).unwrap()
}

fn key(text: &str) -> ControlKey {
    ControlKey::try_from(text.to_owned()).unwrap()
}

fn http(code: u16, body: &[u8]) -> HttpReply<'_> {
    HttpReply { code, error_message: None, body }
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_any_change_does_not(
        fields in prop::collection::vec((".{1,8}", ".{0,12}"), 0..8),
        nonce in "[!-~]{1,12}",
        timestamp in any::<u64>(),
        changed in ".{1,8}",
    ) {
        let body: Fields = fields.into_iter().collect();
        let (key, stamp) = (key("F9F65098"), Stamp { nonce, timestamp });
        let signed = sign("POST", SALE_URL, &body, &login(), &key, &stamp);
        let authorization = Authorization::parse(&signed.header).unwrap();
        prop_assert_eq!(&authorization.stamp, &stamp);
        prop_assert!(authorization.verifies("POST", SALE_URL, &Fields::decode(body.encode().as_bytes()), &key));
        prop_assert!(!authorization.verifies("GET", SALE_URL, &body, &key));
        prop_assert!(!authorization.verifies("POST", "https://other/", &body, &key));
        let mut longer = body.clone();
        longer.push(changed, "");
        prop_assert!(!authorization.verifies("POST", SALE_URL, &longer, &key));
    }

    #[test]
    fn order_of_parameters_does_not_matter(mut fields in prop::collection::vec((".{1,4}", ".{0,4}"), 0..8)) {
        let signature = |fields: &[(String, String)]| {
            let body: Fields = fields.iter().cloned().collect();
            sign("POST", SALE_URL, &body, &login(), &key("K"), &Stamp { nonce: "n".into(), timestamp: 1 }).signature
        };
        let before = signature(&fields);
        fields.reverse();
        prop_assert_eq!(before, signature(&fields));
    }

    #[test]
    fn no_header_panics(header in ".*") {
        let _ = Authorization::parse(&header);
        let _ = Authorization::parse(&format!("OAuth {header}"));
    }

    #[test]
    fn amounts_come_back(minor in any::<u64>(), exponent in 0u8..=19) {
        let amount = Amount { minor, exponent, currency: "EUR".parse().unwrap() };
        prop_assert_eq!(amount::parse(&amount.decimal(), exponent), Ok(minor));
    }

    #[test]
    fn no_amount_text_panics(text in ".*", exponent in any::<u8>()) {
        let _ = amount::parse(&text, exponent);
    }

    #[test]
    fn forms_come_back(fields in prop::collection::vec((".*", ".*"), 0..6)) {
        let form: Fields = fields.into_iter().filter(|(name, value)| !name.is_empty() || !value.is_empty()).collect();
        prop_assert_eq!(Fields::decode(form.encode().as_bytes()), form);
    }

    #[test]
    fn no_bytes_panic(code in prop_oneof![Just(200u16), any::<u16>()], body in any::<Vec<u8>>(), query in ".*") {
        let _ = reply::accepted(&http(code, &body), &Dialect::default());
        let _ = reply::status(&http(code, &body), &Dialect::default());
        let _ = Callback::parse(&query, &key("AF4B5DE6"));
    }

    #[test]
    fn fields_written_as_documented_are_read_back(value in "[^\\s]{1,12}( [^\\s]{1,6})?") {
        let field: Fields = [("bank-name", value.as_str())].into_iter().collect();
        let body = format!(
            "type=status-response\n&serial-number=s\n&merchant-order-id=A\n&paynet-order-id=1\n&{}\n",
            *field.encode()
        );
        let status = reply::status(&http(200, body.as_bytes()), &Dialect::default()).unwrap();
        prop_assert_eq!(status.fields.get("bank-name"), Some(value.as_str()));
    }

    #[test]
    fn a_callback_verifies_with_its_key_only(status in "[a-z]{1,9}", orderid in "[0-9]{1,9}", client in "[A-Z2-7]{20}") {
        let control = control::callback(&status, &orderid, &client, &key("AF4B5DE6"));
        let query = format!("status={status}&orderid={orderid}&client_orderid={client}&type=sale&control={control}");
        prop_assert!(Callback::parse(&query, &key("AF4B5DE6")).is_ok());
        let other = ControlKey::try_from("other".to_owned()).unwrap();
        prop_assert_eq!(Callback::parse(&query, &other).unwrap_err(), CallbackError::Forged);
    }
}
