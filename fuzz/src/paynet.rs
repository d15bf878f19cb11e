//! What the gateway says, and what is signed.

use paynet::dialect::Columns;
use paynet::oauth::{Authorization, sign};
use paynet::{
    Amount, Callback, ControlKey, Dialect, Fields, HttpReply, Login, ReplyError, Stamp, Status, control,
    report,
};

use crate::script::Script;

fn key() -> ControlKey {
    ControlKey::try_from("AF4B5DE6".to_owned()).unwrap()
}

/// A form comes back as it was read.
pub(crate) fn form(bytes: &[u8]) {
    let fields = Fields::decode(bytes);
    assert_eq!(Fields::decode(fields.encode().as_bytes()), fields);
    for (name, _) in fields.iter() {
        assert!(fields.get(name).is_some());
    }
}

/// Money comes back as it was read. The first byte is the exponent.
pub(crate) fn amount(bytes: &[u8]) {
    let Some((exponent, text)) = bytes.split_first() else { return };
    if let Ok(minor) = paynet::amount::parse(&String::from_utf8_lossy(text), *exponent) {
        let amount = Amount { minor, exponent: *exponent, currency: "EUR".parse().unwrap() };
        assert_eq!(paynet::amount::parse(&amount.decimal(), *exponent), Ok(minor));
        let _ = amount.control_digits(2);
    }
}

/// The answers to all calls. The first byte chooses the HTTP status.
pub(crate) fn reply(bytes: &[u8]) {
    let Some((code, body)) = bytes.split_first() else { return };
    let code = [200, 200, 200, 200, 200, 400, 403, 500][usize::from(code % 8)];
    let http = HttpReply { code, error_message: Some("reason"), body };
    let loose = Dialect { values_end_with_lf: false, ..Dialect::default() };
    for dialect in [Dialect::default(), loose] {
        let (accepted, status) =
            (paynet::reply::accepted(&http, &dialect), paynet::reply::status(&http, &dialect));
        assert!(accepted.is_err() || status.is_err(), "one body is one kind of answer");
        match &status {
            Ok(order) => {
                assert_eq!(code, 200);
                let word = order.fields.get("status").unwrap_or("processing");
                assert_eq!(Status::parse(order.status.as_str()), order.status);
                assert_eq!(Status::parse(word), order.status, "only `status` decides");
                assert!(!order.orderid.is_empty() && !order.client_orderid.is_empty());
                let _ = (order.amount_minor(2), order.issuer_response(), order.currency());
                let _ = (order.auth_response_code(), order.transaction_type(), order.wants_3ds());
                let _ = order.stage.as_ref().map(|stage| (stage.family(), stage.is_emv_validating()));
            }
            Err(error) => {
                let refused = matches!(error, ReplyError::Refused(_) | ReplyError::BadRequest(_));
                assert!(!error.is_refusal(&dialect) || refused || *error == ReplyError::Forbidden);
                let _ = error.to_string();
            }
        }
    }
}

/// The answer to a closing of the day. The first byte chooses the HTTP status.
pub(crate) fn close_day(bytes: &[u8]) {
    let Some((code, body)) = bytes.split_first() else { return };
    let code = [200, 200, 200, 200, 200, 400, 403, 500][usize::from(code % 8)];
    let http = HttpReply { code, error_message: Some("reason"), body };
    let loose = Dialect { values_end_with_lf: false, ..Dialect::default() };
    for dialect in [Dialect::default(), loose] {
        match paynet::close_day::read(&http, &dialect) {
            Ok(answer) => {
                assert_eq!(code, 200);
                assert!(answer.status.is_some() || answer.fields.get("isDayClosing").is_some());
                let agreed = answer.is_agreed(&dialect);
                assert!(
                    !agreed || answer.code39.as_deref().is_none_or(|code| code == "00"),
                    "the code decides"
                );
                let _ = answer.totals(2);
            }
            Err(ReplyError::Refused(refusal)) => {
                let _ = refusal.is_closed_before(&dialect);
            }
            Err(error) => drop(error.to_string()),
        }
    }
}

/// A query is believed when its checksum fits, and only then.
pub(crate) fn callback(bytes: &[u8]) {
    let query = String::from_utf8_lossy(bytes);
    if let Ok(callback) = Callback::parse(&query, &key()) {
        let control = callback.fields.get("control").unwrap().to_lowercase();
        let status = callback.fields.get("status").unwrap();
        assert_eq!(control, control::callback(status, &callback.orderid, &callback.client_orderid, &key()));
    }
    // What the gateway would have sent.
    let fields = Fields::decode(bytes);
    let of = |name| fields.get(name).unwrap_or_default();
    let (status, orderid, client) = (of("status"), of("orderid"), of("client_orderid"));
    let control = control::callback(status, orderid, client, &key());
    let signed: Fields = [
        ("status", status),
        ("orderid", orderid),
        ("client_orderid", client),
        ("type", of("type")),
        ("control", &control),
    ]
    .into_iter()
    .chain(
        fields
            .iter()
            .filter(|(name, _)| !["status", "orderid", "client_orderid", "type", "control"].contains(name)),
    )
    .collect();
    let callback = Callback::parse(&signed.encode(), &key()).unwrap();
    assert_eq!((callback.orderid.as_str(), callback.client_orderid.as_str()), (orderid, client));
    assert_eq!(callback.status, Status::parse(status));
}

/// A header is read; what is signed verifies, and nothing else does.
pub(crate) fn authorization(bytes: &[u8]) {
    const URL: &str = "https://sandbox.payneteasy.com/paynet/mapi/v1/sale/1111";
    let header = String::from_utf8_lossy(bytes);
    if let Ok(read) = Authorization::parse(&header) {
        assert!(!read.verifies("POST", URL, &Fields::default(), &key()), "nobody can sign without the key");
    }
    let mut script = Script::new(bytes);
    let stamp = Stamp { nonce: script.text(), timestamp: u64::from(script.word()) };
    // Protocol parameters that are repeated in the body count once, so that signing them twice is another signature.
    let body = Fields::decode(script.some());
    let body: Fields = body.iter().filter(|(name, _)| !name.starts_with("oauth_")).collect();
    let url = format!("{URL}?{}", script.text());
    let login = Login::try_from("merchantlogin".to_owned()).unwrap();
    let signed = sign("POST", &url, &body, &login, &key(), &stamp);
    let read = Authorization::parse(&signed.header).unwrap();
    assert_eq!((&read.stamp, read.consumer_key.as_str()), (&stamp, "merchantlogin"));
    assert!(read.verifies("POST", &url, &body, &key()));
    assert!(!read.verifies("GET", &url, &body, &key()));
}

/// A report is read whole or not at all, and what was read comes back.
pub(crate) fn report(bytes: &[u8]) {
    let columns = Columns::default();
    let Columns { orderid, client_orderid, transaction_type, status, amount, currency } = &columns;
    let header = format!("{orderid},{client_orderid},{transaction_type},{status},{amount},{currency}\n");
    // As it came, and as the rows of a report whose columns are right.
    for report in [bytes.to_vec(), [header.as_bytes(), bytes].concat()] {
        let Ok(rows) = report::read(&report, &columns) else { continue };
        let mut again = header.clone();
        for row in &rows {
            let fields = [
                &row.orderid,
                &row.client_orderid,
                &row.transaction_type,
                &row.status,
                &row.amount,
                &row.currency,
            ];
            let quoted: Vec<_> =
                fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            again.push_str(&quoted.join(","));
            again.push_str("\r\n");
        }
        assert_eq!(report::read(again.as_bytes(), &columns), Ok(rows));
    }
}
