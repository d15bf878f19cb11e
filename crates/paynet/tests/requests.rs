//! What each call sends, seen as the gateway sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use paynet::oauth::Authorization;
use paynet::{
    Advice, Amount, AmountError, Capture, ControlKey, Dialect, EncryptedData, Fields, Login, Merchant, Order,
    Payment, Request, Return, Stamp, Void, amount, control,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn merchant(dialect: Dialect) -> Merchant {
    Merchant {
        login: Login::try_from("merchantlogin".to_owned()).unwrap(),
        key: ControlKey::try_from("B17F59B4".to_owned()).unwrap(),
        endpoint: "1111".into(),
        dialect,
    }
}

fn stamp() -> Stamp {
    Stamp { nonce: "n1".into(), timestamp: 1_700_000_000 }
}

fn eur(minor: u64) -> Amount {
    Amount { minor, exponent: 2, currency: "EUR".parse().unwrap() }
}

fn form(request: &Request) -> Fields {
    Fields::decode(request.body.as_bytes())
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}

fn verifies(request: &Request, merchant: &Merchant) -> bool {
    let authorization = Authorization::parse(header(request, "Authorization").unwrap()).unwrap();
    authorization.verifies("POST", &request.url, &form(request), &merchant.key)
}

#[test]
fn sale_and_preauth_carry_the_readers_fields_and_a_signature() {
    let merchant = merchant(Dialect::default());
    let data = EncryptedData::from_hex("e404dfae5a00").unwrap();
    let payment = Payment {
        client_orderid: "902B4FF5",
        amount: eur(1042),
        description: None,
        reference: None,
        email: Some("a+b@c.de"),
        encrypted_type: "miura",
        encrypted_data: &data,
    };
    let sale = merchant.sale(&payment, &stamp());
    assert_eq!(sale.url, "https://sandbox.payneteasy.com/paynet/mapi/v1/sale/1111");
    assert_eq!(header(&sale, "Content-Type"), Some("application/x-www-form-urlencoded"));
    assert!(verifies(&sale, &merchant));
    let form = form(&sale);
    for (name, value) in [
        ("client_orderid", "902B4FF5"),
        ("amount", "10.42"),
        ("currency", "EUR"),
        ("order_desc", "no-description"),
        ("email", "a+b@c.de"),
        ("encrypted-type", "miura"),
        ("encrypted-data", "E404DFAE5A00"),
        ("ipaddress", "127.0.0.1"),
    ] {
        assert_eq!(form.get(name), Some(value), "{name}");
    }
    assert_eq!(form.get("control"), None);
    let preauth = merchant.preauth(&payment, &stamp());
    assert_eq!(preauth.url, "https://sandbox.payneteasy.com/paynet/mapi/v1/preauth/1111");
    assert!(verifies(&preauth, &merchant));
    assert!(!format!("{sale:?} {payment:?} {merchant:?}").contains("E404DFAE5A00"));
    assert!(!format!("{merchant:?}").contains("B17F59B4"));
}

#[test]
fn advice_names_the_order_and_the_cards_answer() {
    let merchant = merchant(Dialect::default());
    let data = EncryptedData::from_hex("E303950100").unwrap();
    let advice = Advice { orderid: "7", client_orderid: "c", encrypted_type: "miura", encrypted_data: &data };
    let request = merchant.advice(&advice, &stamp());
    assert_eq!(request.url, "https://sandbox.payneteasy.com/paynet/mapi/v1/emv-advice/1111");
    assert!(verifies(&request, &merchant));
    let body =
        "orderid=7&client_orderid=c&login=merchantlogin&encrypted-type=miura&encrypted-data=E303950100";
    assert_eq!(*request.body, body);
}

#[test]
fn status_is_controlled_with_or_without_the_gateways_id() {
    let merchant = merchant(Dialect::default());
    let by_both = Order { client_orderid: "c", orderid: Some("7"), serial_number: Some("s") };
    let request = merchant.status(&by_both, &stamp());
    assert_eq!(form(&request).get("by-request-sn"), Some("s"));
    let expected = control::status(&merchant.login, "c", "7", &merchant.key);
    assert_eq!(form(&request).get("control"), Some(expected.as_str()));
    assert_eq!(header(&request, "Authorization"), None);

    let by_client_id = Order { client_orderid: "c", orderid: None, serial_number: None };
    let form = form(&merchant.status(&by_client_id, &stamp()));
    assert_eq!((form.get("orderid"), form.get("by-request-sn")), (None, None));
    let expected = control::status(&merchant.login, "c", "", &merchant.key);
    assert_eq!(form.get("control"), Some(expected.as_str()));
}

#[test]
fn return_signs_the_amount_only_when_it_is_sent() {
    let merchant = merchant(Dialect::default());
    let full = Return { client_orderid: "c", orderid: "7", amount: None, comment: "card declined" };
    let form_full = form(&merchant.reversal(&full, &stamp()).unwrap());
    assert_eq!(form_full.get("amount"), None);
    let expected = control::reversal(&merchant.login, "c", "7", None, &merchant.key);
    assert_eq!(form_full.get("control"), Some(expected.as_str()));

    let partial = Return { amount: Some(eur(94)), ..full };
    let form_partial = form(&merchant.reversal(&partial, &stamp()).unwrap());
    assert_eq!((form_partial.get("amount"), form_partial.get("currency")), (Some("0.94"), Some("EUR")));
    let expected = control::reversal(&merchant.login, "c", "7", Some((94, "EUR")), &merchant.key);
    assert_eq!(form_partial.get("control"), Some(expected.as_str()));
}

#[test]
fn capture_and_void_are_signed_as_the_documents_say() {
    let key = "B17F59B4-A7DC-41B4-8FF9-37D986B43D20".to_owned();
    let merchant = Merchant { key: ControlKey::try_from(key).unwrap(), ..merchant(Dialect::default()) };
    let whole = Capture { client_orderid: "902B4FF5", orderid: "4711", amount: None };
    let part = Capture { amount: Some(eur(1_500)), ..whole };
    let void = Void { client_orderid: "902B4FF5", orderid: "4711", comment: "wrong article" };
    // SHA-1 of merchantlogin902B4FF54711, of the same with 1500EUR, each with the key: computed with sha1sum.
    let (of_order, of_part) =
        ("58b4599c3d1103b480af5650748f518062aa2662", "fa9cdfe879c2a781439521582d59722b95360265");
    for (request, path, control, amount, comment) in [
        (merchant.capture(&whole, &stamp()).unwrap(), "capture", of_order, None, None),
        (merchant.capture(&part, &stamp()).unwrap(), "capture", of_part, Some("15.00"), None),
        (merchant.void(&void, &stamp()), "void", of_order, None, Some("wrong article")),
    ] {
        let form = form(&request);
        assert!(request.url.ends_with(&format!("/api/v2/{path}/1111")), "{}", request.url);
        assert_eq!((form.get("login"), form.get("orderid")), (Some("merchantlogin"), Some("4711")));
        assert_eq!(form.get("client_orderid"), Some("902B4FF5"));
        assert_eq!((form.get("control"), form.get("comment")), (Some(control), comment));
        assert_eq!((form.get("amount"), form.get("currency")), (amount, amount.map(|_| "EUR")));
    }
}

#[test]
fn dialect_comes_from_configuration_and_refuses_unknown_keys() {
    let text = r#"
        base_url = "http://127.0.0.1:9/checkout/"
        sdk_version = ""
        oauth_everywhere = true
        [names]
        encrypted_data = "card"
        [paths]
        return = "api/v9/back"
        [control_exponents]
        JPY = 0
    "#;
    let merchant = merchant(toml::from_str(text).unwrap());
    let data = EncryptedData::from_hex("E400").unwrap();
    let payment = Payment {
        client_orderid: "c",
        amount: eur(1),
        description: Some("tea & cake"),
        reference: None,
        email: None,
        encrypted_type: "miura",
        encrypted_data: &data,
    };
    let sale = merchant.sale(&payment, &stamp());
    assert_eq!(sale.url, "http://127.0.0.1:9/checkout/mapi/v1/sale/1111");
    assert_eq!((form(&sale).get("card"), form(&sale).get("sdk-version")), (Some("E400"), None));
    assert_eq!(form(&sale).get("order_desc"), Some("tea & cake"));
    assert_eq!(header(&sale, "Reader-Lib-Version"), None);
    let back = Return { client_orderid: "c", orderid: "7", amount: None, comment: "x" };
    let back = merchant.reversal(&back, &stamp()).unwrap();
    assert!(back.url.ends_with("/api/v9/back/1111") && verifies(&back, &merchant));
    assert!(toml::from_str::<Dialect>("base_uri = \"x\"").is_err());
}

#[test]
fn control_digits_follow_the_vendor_or_iso() {
    let yen = Amount { minor: 500, exponent: 0, currency: "JPY".parse().unwrap() };
    let dinar = Amount { minor: 1234, exponent: 3, currency: "KWD".parse().unwrap() };
    assert_eq!((yen.control_digits(2), yen.control_digits(0)), (Ok(50_000), Ok(500)));
    assert_eq!((dinar.control_digits(2), dinar.control_digits(3)), (Err(AmountError::Digits), Ok(1234)));
}

#[test]
fn amounts_are_plain_decimals() {
    assert_eq!(eur(0).decimal(), "0.00");
    assert_eq!(eur(5).decimal(), "0.05");
    assert_eq!(eur(u64::MAX).decimal(), "184467440737095516.15");
    for (text, minor) in [("10.5", 1050), ("10.42", 1042), ("10", 1000), ("0.010", 1), ("007.00", 700)] {
        assert_eq!(amount::parse(text, 2), Ok(minor), "{text}");
    }
    for text in ["", ".", "1.", ".5", "-1", "+1", "1,5", "1e3", " 1", "1.2.3", "NaN", "١"] {
        assert_eq!(amount::parse(text, 2), Err(AmountError::NotDecimal), "{text}");
    }
    assert_eq!(amount::parse("0.001", 2), Err(AmountError::Digits));
    assert_eq!(amount::parse("184467440737095516.16", 2), Err(AmountError::TooLarge));
}

#[test]
fn encrypted_data_and_credentials_are_checked_at_the_edge() {
    for text in ["", "E", "E4ZZ", "E4 0"] {
        assert!(EncryptedData::from_hex(text).is_err(), "{text}");
    }
    assert!(ControlKey::try_from("key\n".to_owned()).is_err());
    assert!(Login::try_from(String::new()).is_err());
}

#[test]
fn a_reference_goes_where_the_dialect_says() {
    let data = EncryptedData::from_hex("E400").unwrap();
    let sent = |reference: Option<&str>, description: Option<&str>, dialect: &str| {
        let merchant = merchant(toml::from_str(dialect).unwrap());
        let payment = Payment {
            client_orderid: "c",
            amount: eur(1),
            description,
            reference,
            email: None,
            encrypted_type: "miura",
            encrypted_data: &data,
        };
        let form = form(&merchant.sale(&payment, &stamp()));
        [form.get("merchant_data").map(str::to_owned), form.get("order_desc").map(str::to_owned)]
    };
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(sent(Some("INV 7"), Some("tea"), ""), [own("INV 7"), own("tea")]);
    assert_eq!(sent(None, None, ""), [None, own("no-description")]);
    assert_eq!(sent(Some("INV 7"), Some("tea"), "reference = 'order_desc'"), [None, own("INV 7 tea")]);
    assert_eq!(sent(Some("INV 7"), None, "reference = 'order_desc'"), [None, own("INV 7")]);
    assert_eq!(sent(Some("INV 7"), Some("tea"), "reference = 'nowhere'"), [None, own("tea")]);
}
