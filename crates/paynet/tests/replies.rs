//! What an answer means, and above all what is no answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use paynet::{
    Accepted, Callback, CallbackError, ControlKey, Dialect, Family, HttpReply, OrderStatus, Refusal,
    RefusalKind, ReplyError, Stage, Status, reply,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn http(code: u16, body: &[u8]) -> HttpReply<'_> {
    HttpReply { code, error_message: None, body }
}

fn accepted(body: &str) -> Result<Accepted, ReplyError> {
    reply::accepted(&http(200, body.as_bytes()), &Dialect::default())
}

fn status(body: &str) -> Result<OrderStatus, ReplyError> {
    reply::status(&http(200, body.as_bytes()), &Dialect::default())
}

fn refusal(body: &str) -> Refusal {
    match accepted(body) {
        Err(ReplyError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

const ACCEPTED: &str = "type=async-response\n&serial-number=00000000-0000-0000-0000-0000005b5044\n\
    &merchant-order-id=902B4FF5\n&paynet-order-id=123\n";
const APPROVED: &str = "type=status-response\n&serial-number=s-1\n&merchant-order-id=902B4FF5\n\
    &paynet-order-id=123\n&status=approved\n&amount=10.42\n&currency=EUR\n&order-stage=sale_approved\n\
    &error-message=Test+order%20x\n&new-field=kept\n";

#[test]
fn accepted_has_both_ids() {
    let accepted = accepted(ACCEPTED).unwrap();
    assert_eq!((accepted.orderid.as_str(), accepted.client_orderid.as_str()), ("123", "902B4FF5"));
    assert_eq!(accepted.serial_number.as_deref(), Some("00000000-0000-0000-0000-0000005b5044"));
}

#[test]
fn either_spelling_of_the_order_id_will_do() {
    let body = ACCEPTED.replace("paynet-order-id", "orderid").replace("merchant-order-id", "client_orderid");
    assert_eq!(accepted(&body), accepted(ACCEPTED));
}

#[test]
fn status_keeps_what_it_does_not_know() {
    let status = status(APPROVED).unwrap();
    assert_eq!(status.status, Status::Approved);
    assert_eq!(status.amount_minor(2), Some(Ok(1042)));
    assert_eq!(status.currency(), Some("EUR"));
    assert_eq!(status.fields.get("new-field"), Some("kept"));
    assert_eq!(status.fields.get("error-message"), Some("Test order x"));
    assert_eq!(status.stage, Some(Stage::parse("SALE_APPROVED")));
    assert!(!status.wants_3ds());
}

#[test]
fn only_four_statuses_are_final() {
    for (word, is_final) in [
        ("approved", true),
        ("Declined", true),
        ("filtered", true),
        ("error", true),
        ("processing", false),
        ("unknown", false),
        ("approved_later", false),
        ("", false),
    ] {
        let status = status(&APPROVED.replace("status=approved", &format!("status={word}"))).unwrap().status;
        assert_eq!(status.is_final(), is_final, "{word}");
    }
    let without = status(&APPROVED.replace("&status=approved\n", "")).unwrap();
    assert_eq!(without.status, Status::Processing);
    assert_eq!(Status::parse("Odd"), Status::Other("odd".into()));
}

#[test]
fn a_body_cut_anywhere_is_never_an_answer_about_money() {
    for end in 0..APPROVED.len() {
        // A cut between two fields cannot be seen by the end; the decisive fields are there or it is an error.
        let Ok(cut) = status(&APPROVED[..end]) else { continue };
        assert!(APPROVED[..end].ends_with(['\n', '&']), "{end}");
        assert!(cut.status == Status::Approved || cut.status == Status::Processing);
        assert_eq!((cut.orderid.as_str(), cut.client_orderid.as_str()), ("123", "902B4FF5"));
    }
    for end in 0..ACCEPTED.len() {
        assert!(accepted(&ACCEPTED[..end]).is_err(), "{end}");
    }
    assert_eq!(accepted(ACCEPTED.trim_end()), Err(ReplyError::Truncated));
    let lenient = Dialect { values_end_with_lf: false, ..Dialect::default() };
    assert!(reply::accepted(&http(200, ACCEPTED.trim_end().as_bytes()), &lenient).is_ok());
}

#[test]
fn pages_of_other_servers_are_unreadable() {
    for body in ["", "\n", "<html><body>502 a=b</body></html>\n", "{\"type\":\"async-response\"}\n", "&&&=\n"]
    {
        assert_eq!(accepted(body), Err(ReplyError::Malformed("type")), "{body}");
    }
}

#[test]
fn two_values_of_a_decisive_field_are_unreadable() {
    let body = format!("{APPROVED}&status=declined\n");
    assert_eq!(status(&body), Err(ReplyError::Malformed("status")));
    assert!(status(&format!("{APPROVED}&status=approved\n")).is_ok());
}

#[test]
fn an_answer_to_another_call_is_not_taken() {
    assert_eq!(accepted(APPROVED), Err(ReplyError::UnexpectedType("status-response".into())));
    assert_eq!(status(ACCEPTED), Err(ReplyError::UnexpectedType("async-response".into())));
    let form = ACCEPTED.replace("async-response", "async-form-response");
    assert_eq!(accepted(&form), Err(ReplyError::UnexpectedType("async-form-response".into())));
}

#[test]
fn published_validation_error() {
    let refusal = refusal(
        "type=validation-error\n&serial-number=00000000-0000-0000-0000-000002231f99\n&merchant-order-id=2121\n\
         &error-message=Parameter+credit_card_number+is+required\n&error-code=1\n",
    );
    assert_eq!(refusal.message, "Parameter credit_card_number is required");
    assert_eq!((refusal.kind, refusal.code), (RefusalKind::Validation, Some(1)));
    assert!(!refusal.is_not_found() && !refusal.is_duplicate(&Dialect::default()));
}

#[test]
fn not_found_and_duplicate_are_told_apart_from_other_refusals() {
    let dialect = Dialect::default();
    assert!(refusal("type=error\n&error-code=101\n&error-message=x\n").is_not_found());
    assert!(refusal("type=error\n&error-message=ORDER_NOT_FOUND\n").is_not_found());
    assert!(!refusal("type=error\n&error-code=102\n&error-message=x\n").is_not_found());
    let duplicate =
        refusal("type=validation-error\n&error-code=1\n&error-message=client_orderid+Already+used\n");
    assert!(duplicate.is_duplicate(&dialect));
    let unset = Dialect { duplicate_order_text: String::new(), ..dialect };
    assert!(!duplicate.is_duplicate(&unset));
}

#[test]
fn only_a_clear_refusal_says_that_nothing_was_begun() {
    let dialect = Dialect::default();
    let of = |code, body: &str| reply::accepted(&http(code, body.as_bytes()), &dialect).unwrap_err();
    let validation = "type=validation-error\n&error-message=Parameter+x+is+required\n";
    let duplicate = "type=validation-error\n&error-message=client_orderid+already+used\n";
    assert!(of(400, "").is_refusal(&dialect));
    assert!(of(403, "").is_refusal(&dialect));
    assert!(of(200, validation).is_refusal(&dialect));
    assert!(!of(200, duplicate).is_refusal(&dialect));
    assert!(!of(200, "type=error\n&error-message=x\n").is_refusal(&dialect));
    assert!(!of(200, validation.trim_end()).is_refusal(&dialect));
    for code in [204, 302, 401, 404, 408, 429, 500, 502, 503, 504] {
        assert_eq!(of(code, ACCEPTED), ReplyError::HttpStatus(code));
        assert!(!of(code, ACCEPTED).is_refusal(&dialect), "{code}");
    }
    let explained = HttpReply { code: 400, error_message: Some("bad amount"), body: b"" };
    assert_eq!(reply::accepted(&explained, &dialect), Err(ReplyError::BadRequest("bad amount".into())));
}

#[test]
fn emv_fields_and_3ds_are_read() {
    let body =
        format!("{APPROVED}&emv-issuer-response=910A00\n&auth-response-code=55\n&redirect-url=https://x\n");
    let status = status(&body).unwrap();
    assert_eq!(status.issuer_response(), Some(vec![0x91, 0x0A, 0x00]));
    assert_eq!(status.auth_response_code(), Some("55"));
    assert!(status.wants_3ds());
}

#[test]
fn a_stage_is_a_family_and_a_cue() {
    assert!(Stage::parse("SALE_EMV_VALIDATING").is_emv_validating());
    assert!(Stage::parse("auth_emv_validating").is_emv_validating());
    assert!(!Stage::parse("sale_emv_validated").is_emv_validating());
    assert_eq!(Stage::parse("reversal_approved").family(), Family::Reversal);
    assert_eq!(Stage::parse("chargeback_approved").family(), Family::Other);
}

fn key() -> ControlKey {
    ControlKey::try_from("AF4B5DE6-3468-424C-A922-C1DAD7CB4509".to_owned()).unwrap()
}

const CALLBACK: &str = "status=approved&merchant_order=invoice-1&client_orderid=invoice-1&orderid=123&type=sale\
    &amount=1.02&control=5bc8ee48f9ba37c0fd1e0b052a9bc105c6df87e1";

#[test]
fn published_callback_is_believed() {
    let callback = Callback::parse(CALLBACK, &key()).unwrap();
    assert_eq!((callback.status, callback.orderid.as_str()), (Status::Approved, "123"));
    assert_eq!((callback.client_orderid.as_str(), callback.transaction_type.as_str()), ("invoice-1", "sale"));
    assert_eq!(callback.fields.get("amount"), Some("1.02"));
}

#[test]
fn forged_and_doubled_callbacks_are_not() {
    let parse = |query: &str| Callback::parse(query, &key()).unwrap_err();
    assert_eq!(parse(&CALLBACK.replace("approved", "declined")), CallbackError::Forged);
    assert_eq!(parse(&CALLBACK.replace("control=5", "control=6")), CallbackError::Forged);
    assert_eq!(parse(&format!("{CALLBACK}&status=declined")), CallbackError::Parameter("status"));
    assert_eq!(parse(""), CallbackError::Parameter("status"));
}
