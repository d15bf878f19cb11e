//! Published and derived vectors for both signatures, and what a verifier must refuse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use paynet::oauth::{Authorization, AuthorizationError, sign};
use paynet::{ControlKey, Fields, Login, Stamp, control};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn login(text: &str) -> Login {
    Login::try_from(text.to_owned()).unwrap()
}

fn key(text: &str) -> ControlKey {
    ControlKey::try_from(text.to_owned()).unwrap()
}

fn stamp() -> Stamp {
    Stamp { nonce: "y3qlvMPky7g".into(), timestamp: 1_669_966_913 }
}

#[test]
fn vector_s3_published_callback() {
    let key = key("AF4B5DE6-3468-424C-A922-C1DAD7CB4509");
    let control = control::callback("approved", "123", "invoice-1", &key);
    assert_eq!(control, "5bc8ee48f9ba37c0fd1e0b052a9bc105c6df87e1");
}

#[test]
fn vector_s5_status() {
    let key = key("D5F82EC1-8575-4482-AD89-97X6X0X20X22");
    let control = control::status(&login("test-login"), "CLIENT-112233", "PAYNET-112233", &key);
    assert_eq!(control, "a1e4d9ff23f0243c45b93733ea028d6eed82328a");
}

#[test]
fn control_of_a_partial_return_appends_digits_and_currency() {
    let (login, key) = (login("m"), key("K"));
    let partial = control::reversal(&login, "c", "1", Some((1015, "USD")), &key);
    assert_eq!(partial, control::status(&login, "c", "11015USD", &key));
    assert_eq!(control::reversal(&login, "c", "1", None, &key), control::status(&login, "c", "1", &key));
}

#[test]
fn control_comparison_accepts_either_case_and_nothing_else() {
    assert!(control::matches("5bc8ee", "5BC8EE"));
    assert!(!control::matches("5bc8ee", "5bc8ef"));
    assert!(!control::matches("5bc8ee", "5bc8e"));
    assert!(!control::matches("5bc8ee", ""));
}

#[test]
fn vector_oa1_documented_parameters() {
    let body: Fields =
        [("client-order-id", "1234567890"), ("sending-card-ref-id", "7654321")].into_iter().collect();
    let url = "https://pay.billblend.com/paynet/api/v2/pan-eligibility/send/ENDPOINTID";
    let key = key("F9F65098-1111-1111-1111-621611111111");
    let signed = sign("POST", url, &body, &login("merchantlogin"), &key, &stamp());
    assert_eq!(
        *signed.normalised,
        "client-order-id=1234567890&oauth_consumer_key=merchantlogin&oauth_nonce=y3qlvMPky7g\
         &oauth_signature_method=HMAC-SHA1&oauth_timestamp=1669966913&oauth_version=1.0&sending-card-ref-id=7654321"
    );
    assert_eq!(
        *signed.base_string,
        "POST&https%3A%2F%2Fpay.billblend.com%2Fpaynet%2Fapi%2Fv2%2Fpan-eligibility%2Fsend%2FENDPOINTID\
         &client-order-id%3D1234567890%26oauth_consumer_key%3Dmerchantlogin%26oauth_nonce%3Dy3qlvMPky7g\
         %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1669966913%26oauth_version%3D1.0\
         %26sending-card-ref-id%3D7654321"
    );
    assert_eq!(signed.signature, "QRid3MWwSkCwtsnwz79WfPvc/JE=");
}

const SALE_URL: &str = "https://sandbox.payneteasy.com/paynet/mapi/v1/sale/1111";
const SALE_KEY: &str = "B17F59B4-A7DC-41B4-8FF9-37D986B43D20";
const SALE_BODY: &str = "client_orderid=902B4FF5&order_desc=Test%20order%20%26%20co&amount=10.42&currency=USD\
    &address1=100%20Main%20st&city=Seattle&state=WA&zip_code=98102&country=US&phone=%2B12063582043\
    &email=john.smith%40gmail.com&ipaddress=65.153.12.232&encrypted-type=miura&encrypted-data=E404DFAE5A00\
    &phone-id=11111111-2222-3333-4444-555555555555&sdk-version=0.0.1";

#[test]
fn vector_oa2_sale() {
    let body = Fields::decode(SALE_BODY.as_bytes());
    assert_eq!(*body.encode(), SALE_BODY);
    let signed = sign("POST", SALE_URL, &body, &login("merchantlogin"), &key(SALE_KEY), &stamp());
    let normalised = "address1=100%20Main%20st&amount=10.42&city=Seattle&client_orderid=902B4FF5&country=US\
        &currency=USD&email=john.smith%40gmail.com&encrypted-data=E404DFAE5A00&encrypted-type=miura\
        &ipaddress=65.153.12.232&oauth_consumer_key=merchantlogin&oauth_nonce=y3qlvMPky7g\
        &oauth_signature_method=HMAC-SHA1&oauth_timestamp=1669966913&oauth_version=1.0\
        &order_desc=Test%20order%20%26%20co&phone=%2B12063582043&phone-id=11111111-2222-3333-4444-555555555555\
        &sdk-version=0.0.1&state=WA&zip_code=98102";
    assert_eq!(*signed.normalised, normalised);
    let base_string = "POST&https%3A%2F%2Fsandbox.payneteasy.com%2Fpaynet%2Fmapi%2Fv1%2Fsale%2F1111\
        &address1%3D100%2520Main%2520st%26amount%3D10.42%26city%3DSeattle%26client_orderid%3D902B4FF5\
        %26country%3DUS%26currency%3DUSD%26email%3Djohn.smith%2540gmail.com%26encrypted-data%3DE404DFAE5A00\
        %26encrypted-type%3Dmiura%26ipaddress%3D65.153.12.232%26oauth_consumer_key%3Dmerchantlogin\
        %26oauth_nonce%3Dy3qlvMPky7g%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1669966913\
        %26oauth_version%3D1.0%26order_desc%3DTest%2520order%2520%2526%2520co%26phone%3D%252B12063582043\
        %26phone-id%3D11111111-2222-3333-4444-555555555555%26sdk-version%3D0.0.1%26state%3DWA%26zip_code%3D98102";
    assert_eq!(*signed.base_string, base_string);
    assert_eq!(signed.signature, "Z+cfeDJFHrSwBndPipxQBBG4Cw8=");
    assert_eq!(
        signed.header,
        "OAuth realm=\"\",oauth_version=\"1.0\",oauth_consumer_key=\"merchantlogin\",\
         oauth_timestamp=\"1669966913\",oauth_nonce=\"y3qlvMPky7g\",oauth_signature_method=\"HMAC-SHA1\",\
         oauth_signature=\"Z%2BcfeDJFHrSwBndPipxQBBG4Cw8%3D\""
    );
}

#[test]
fn protocol_parameters_repeated_in_the_body_count_once() {
    let body = Fields::decode(SALE_BODY.as_bytes());
    let signed = sign("POST", SALE_URL, &body, &login("merchantlogin"), &key(SALE_KEY), &stamp());
    let mut doubled = body.clone();
    doubled.push("oauth_nonce", "y3qlvMPky7g");
    doubled.push("oauth_timestamp", "1669966913");
    let authorization = Authorization::parse(&signed.header).unwrap();
    assert!(authorization.verifies("POST", SALE_URL, &doubled, &key(SALE_KEY)));
    doubled.push("oauth_nonce", "another");
    assert!(!authorization.verifies("POST", SALE_URL, &doubled, &key(SALE_KEY)));
}

#[test]
fn address_is_normalised_and_the_query_takes_part() {
    let (login, key) = (login("m"), key("K"));
    let nothing = Fields::default();
    let base = |url: &str| sign("get", url, &nothing, &login, &key, &stamp()).base_string.to_string();
    assert_eq!(base("HTTPS://Example.COM:443/r?b=2&a=%20x#top"), base("https://example.com/r?a=+x&b=2"));
    assert_ne!(base("https://example.com:8443/r"), base("https://example.com/r"));
    assert!(base("http://example.com").starts_with("GET&http%3A%2F%2Fexample.com%2F&oauth_"));
}

#[test]
fn headers_of_others_are_refused() {
    let parse = |text: &str| Authorization::parse(text).unwrap_err();
    assert_eq!(parse("Basic eDp5"), AuthorizationError::Scheme);
    assert_eq!(parse(""), AuthorizationError::Scheme);
    assert_eq!(parse("OAuth realm=\"\""), AuthorizationError::Missing("oauth_signature"));
    assert_eq!(parse("OAuth a=\"1\",a=\"2\""), AuthorizationError::Syntax);
    assert_eq!(parse("OAuth oauth_signature=x"), AuthorizationError::Syntax);
    let plain = "OAuth oauth_consumer_key=\"m\", oauth_nonce=\"n\", oauth_timestamp=\"1\", \
        oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"AAAA\"";
    assert_eq!(parse(plain), AuthorizationError::Method);
}

#[test]
fn nothing_secret_is_printed() {
    let body = Fields::decode(SALE_BODY.as_bytes());
    let signed = sign("POST", SALE_URL, &body, &login("merchantlogin"), &key(SALE_KEY), &stamp());
    let printed = format!("{:?} {body:?} {signed:?}", key(SALE_KEY));
    assert!(!printed.contains(SALE_KEY) && !printed.contains("E404DFAE5A00"));
    assert!(printed.contains("[redacted]"));
}
