//! A gateway that takes every sale at once and has approved it when it is asked: what it costs is not the measured.

use axum::Router;
use axum::routing::post;
use std::collections::HashMap;

pub(super) fn router() -> Router {
    Router::new()
        .route("/paynet/mapi/v1/sale/{endpoint}", post(sale))
        .route("/paynet/api/v2/status/{endpoint}", post(status))
}

async fn sale(body: String) -> String {
    let id = attempt(&body);
    format!("type=async-response\n&serial-number=sn-1\n&merchant-order-id={id}\n&paynet-order-id=4711\n")
}

async fn status(body: String) -> String {
    let id = attempt(&body);
    format!(
        "type=status-response\n&serial-number=sn-2\n&merchant-order-id={id}\n&paynet-order-id=4711\n&status=approved\n\
         &transaction-type=sale\n&amount=10.42\n&currency=EUR\n&approval-code=00123\n&card-type=VISA\n\
         &last-four-digits=0119\n&processor-rrn=123456789012\n"
    )
}

fn attempt(body: &str) -> String {
    let fields: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).collect();
    fields.get("client_orderid").map(ToString::to_string).unwrap_or_default()
}
