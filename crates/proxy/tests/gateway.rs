//! What the gateway's bytes mean, over a real connection: every answer that is not certain is a lost one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use payment::api::{LaterKind, NotCharged, Reason};
use payment::money::{Amount, Currency};
use payment::order::{Answer, Asked, Cause, Gate, Later, Order, Status, Submission, Transfer};
use payment::secret::EncryptedData;
use payment::settlement::{self, Closing, ClosingId, DayTotals, Period, Sum};
use paynet::{ControlKey, Dialect, Login, Merchant};
use proxy::gateway::{Gateway, PaynetGateway};
use proxy::metrics::Metrics;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use support::{BLOB, ID, KEY, payment, readers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

fn gateway(base_url: String) -> (PaynetGateway, Arc<Metrics>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let merchant = Merchant {
        login: Login::try_from("merchantlogin".to_owned()).unwrap(),
        key: ControlKey::try_from(KEY.to_owned()).unwrap(),
        endpoint: "1111".into(),
        dialect: Dialect { base_url, ..Dialect::default() },
    };
    let metrics = Arc::new(Metrics::default());
    (PaynetGateway::new(merchant, false, readers(), metrics.clone()).unwrap(), metrics)
}

/// A server that answers every connection with these bytes and then closes it; ends with what it was sent.
async fn server(answer: String) -> (String, JoinHandle<Vec<String>>, tokio::sync::oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/paynet", listener.local_addr().unwrap());
    let (stop, mut stopped) = tokio::sync::oneshot::channel();
    let served = tokio::spawn(async move {
        let mut requests = vec![];
        loop {
            let mut stream = tokio::select! {
                accepted = listener.accept() => accepted.unwrap().0,
                _ = &mut stopped => return requests,
            };
            let mut request = String::new();
            let mut buffer = [0; 4096];
            while !request.contains("\r\n\r\n")
                || !(request.contains("client_orderid=") || request.contains("day_close_request_id="))
            {
                let length = stream.read(&mut buffer).await.unwrap();
                request.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
            }
            requests.push(request);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, served, stop)
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}", body.len())
}

fn order() -> (Order, EncryptedData) {
    let payment: payment::api::StartPayment = serde_json::from_value(payment(ID, BLOB)).unwrap();
    (Order::accept(payment.terms.clone(), 0).0, payment.encrypted_data)
}

/// A closing over one sale, as the gateway answers it; sent once.
async fn closed(answer: String) -> settlement::Reply {
    let (url, served, stop) = server(answer).await;
    let sum = |count, minor| Sum {
        count,
        amount: Amount::new(minor, payment::money::Currency::from_code("EUR").unwrap()),
    };
    let ours = DayTotals { sale: sum(1, 1042), reversal: sum(0, 0) };
    let day = Period { from: 0, until: 9, carried: vec![] };
    let closing = Closing::begin(ClosingId::from_random([5; 20]), &day, ours, vec![], None);
    let reply = gateway(url).0.close_day(&closing).await;
    stop.send(()).unwrap();
    let requests = served.await.unwrap();
    assert_eq!(requests.len(), 1, "sent once, whatever the answer");
    assert!(requests[0].starts_with("POST /paynet/api/v2/close-day/1111 HTTP/1.1\r\n"));
    assert!(requests[0].contains("uthorization: OAuth ") && requests[0].contains("sale_approved_sum=10.42"));
    reply
}

#[tokio::test]
async fn a_closing_is_answered_refused_or_lost() {
    const ANSWER: &str = "status=approved\n&isDayClosing=false\n&saleApprovedCount=1\n&saleAmount=10.42\n\
        &reversalApprovedCount=0\n&reversalAmount=0\n&code39=00\n&RRN=510321889824\n";
    let settlement::Reply::Answered(answer) = closed(http("200 OK", "", ANSWER)).await else { panic!() };
    assert!(answer.agreed && !answer.blocked);
    let totals = answer.totals.unwrap();
    assert_eq!((totals.sale.count, totals.sale.amount.minor, totals.reversal.count), (1, 1042, 0));
    assert_eq!(answer.number.as_deref(), Some("510321889824"));
    let used = "type=validation-error\n&error-message=day_close_request_id+is+already+used\n&error-code=1\n";
    assert_eq!(closed(http("200 OK", "", used)).await, settlement::Reply::Duplicate);
    let invalid = used.replace("already+used", "invalid");
    for refusal in [
        http("200 OK", "", &invalid),
        http("400 Bad Request", "error-message: no\r\n", ""),
        http("403 Forbidden", "", ""),
    ] {
        assert!(matches!(closed(refusal.clone()).await, settlement::Reply::Refused(_)), "{refusal}");
    }
    for lost in [
        http("200 OK", "", ANSWER.trim_end()),
        http("200 OK", "", "<html>busy</html>"),
        http("200 OK", "", "type=error\n&error-message=busy\n&error-code=9\n"),
        http("500 Internal Server Error", "", ANSWER),
        http("302 Found", "Location: /elsewhere\r\n", ""),
        String::new(),
    ] {
        assert_eq!(closed(lost.clone()).await, settlement::Reply::Lost, "{lost}");
    }
}

async fn submitted(answer: String) -> Submission {
    let (url, served, stop) = server(answer).await;
    let (order, card) = order();
    let end = gateway(url).0.submit(&order, &card).await;
    stop.send(()).unwrap();
    let requests = served.await.unwrap();
    assert_eq!(requests.len(), 1, "sent once, whatever the answer");
    assert!(requests[0].starts_with("POST /paynet/mapi/v1/sale/1111 HTTP/1.1\r\n"));
    assert!(requests[0].contains(&format!("encrypted-data={BLOB}")) && requests[0].contains("amount=10.42"));
    end
}

async fn asked(body: &str) -> Answer {
    let (url, _served, _stop) = server(http("200 OK", "", body)).await;
    gateway(url).0.ask(&order().0).await
}

#[tokio::test]
async fn only_a_whole_answer_for_this_attempt_is_an_acceptance() {
    let body = |id: &str| {
        format!("type=async-response\n&serial-number=sn-1\n&merchant-order-id={id}\n&paynet-order-id=4711\n")
    };
    let accepted = Submission::Accepted { order_id: "4711".into(), serial_number: Some("sn-1".into()) };
    let good = body(ID);
    assert_eq!(submitted(http("200 OK", "", &good)).await, accepted);
    assert_eq!(submitted(http("200 OK", "", &body("BBBBBBBBBBBBBBBBBBBB"))).await, Submission::Lost);
    assert_eq!(submitted(http("200 OK", "", good.trim_end())).await, Submission::Lost);
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n".to_owned() + &good;
    assert_eq!(submitted(cut).await, Submission::Lost);
}

#[tokio::test]
async fn what_is_not_certain_is_lost() {
    let html = "<html>Bad gateway</html>";
    let long = format!("type=async-response\n&x={}\n", "y".repeat(100_000));
    for answer in [
        String::new(),
        "HTTP/1.1 200 OK\r\n".to_owned(),
        http("500 Internal Server Error", "", "type=validation-error\n&error-message=x\n"),
        http("502 Bad Gateway", "", html),
        http("404 Not Found", "", html),
        http("200 OK", "", html),
        http("200 OK", "", &long),
        http("200 OK", "", "type=error\n&error-code=7\n&error-message=System+error\n"),
        http("200 OK", "", "type=error\n&error-message=client_orderid+is+already+used\n"),
        http("302 Found", "Location: /elsewhere\r\n", ""),
        http("307 Temporary Redirect", "Location: /elsewhere\r\n", ""),
    ] {
        assert_eq!(submitted(answer.clone()).await, Submission::Lost, "{answer}");
    }
}

#[tokio::test]
async fn a_refusal_is_a_refusal_unless_the_order_exists() {
    let validation = |message| {
        http("200 OK", "", &format!("type=validation-error\n&error-message={message}\n&error-code=1\n"))
    };
    let end = submitted(validation("Parameter+email+is+required")).await;
    let Submission::Refused(NotCharged::Refused, reason) = end else { panic!("{end:?}") };
    assert_eq!(reason.code.as_deref(), Some("1"));
    assert_eq!(reason.message.as_deref(), Some("Parameter email is required"));
    assert_eq!(submitted(validation("client_orderid+is+already+used")).await, Submission::Duplicate);
    let bad = |text| http("400 Bad Request", &format!("error-message: {text}\r\n"), "");
    let end = submitted(bad("no such endpoint")).await;
    assert!(matches!(end, Submission::Refused(NotCharged::Refused, _)), "{end:?}");
    assert_eq!(submitted(bad("Order ALREADY USED")).await, Submission::Duplicate);
}

#[tokio::test]
async fn a_403_says_whether_it_is_the_clock() {
    let forbidden = async |date: SystemTime| {
        let headers = format!("Date: {}\r\n", httpdate::fmt_http_date(date));
        match submitted(http("403 Forbidden", &headers, "")).await {
            Submission::Refused(NotCharged::TillRefused, reason) => reason,
            other => panic!("{other:?}"),
        }
    };
    let now = SystemTime::now();
    assert_eq!(forbidden(now).await.code.as_deref(), Some("403"));
    let ahead = forbidden(now - Duration::from_secs(3600)).await;
    assert_eq!(ahead.code.as_deref(), Some("clock"));
    assert!(ahead.message.unwrap().contains("ahead of the gateway's"));
    let behind = forbidden(now + Duration::from_secs(3600)).await;
    assert!(behind.message.unwrap().contains("behind the gateway's"));
}

#[tokio::test]
async fn no_connection_is_known_from_a_lost_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/paynet", listener.local_addr().unwrap());
    drop(listener);
    let (order, card) = order();
    let (gateway, metrics) = gateway(url);
    assert!(metrics.gateway_reachable());
    assert_eq!(gateway.submit(&order, &card).await, Submission::NoConnection);
    assert!(!metrics.gateway_reachable());
}

#[tokio::test]
async fn a_status_is_read_in_the_orders_words() {
    let body = |more: &str| {
        format!(
            "type=status-response\n&serial-number=sn-9\n&merchant-order-id={ID}\n&paynet-order-id=4711\n\
             &transaction-type=sale\n&amount=10.42\n&currency=EUR\n{more}"
        )
    };
    let report = async |more: &str| match asked(&body(more)).await {
        Answer::Report(report) => *report,
        other => panic!("{other:?}"),
    };
    let waiting = report(
        "&status=processing\n&order-stage=SALE_EMV_VALIDATING\n&auth-response-code=00\n&emv-issuer-response=9108aabb\n",
    )
    .await;
    assert!(waiting.awaits_card && waiting.status == Status::Processing);
    assert_eq!(waiting.issuer.unwrap().data.as_deref(), Some("9108AABB"));
    let declined =
        report("&status=declined\n&auth-response-code=55\n&error-code=117\n&error-message=Wrong+PIN\n").await;
    assert_eq!((declined.status, declined.reason.code.as_deref()), (Status::Declined, Some("55")));
    let approved = report("&status=approved\n&approval-code=242805\n&card-ref-id=1\n").await;
    assert_eq!(approved.amount.unwrap().minor, 1042);
    assert_eq!(approved.receipt["approval-code"], "242805");
    assert!(!approved.receipt.contains_key("card-ref-id"));
    assert_eq!(report("&status=settled\n").await.status, Status::Unknown);
    assert_eq!(approved.gate, None);
    let parts =
        report("&status=approved\n&gate-partial-reversal=enabled\n&gate-partial-capture=disabled\n").await;
    assert_eq!(parts.gate, Some(Gate { partial_capture: false, partial_return: true }));
    assert!(report("&status=processing\n&redirect-url=https://acs.example\n").await.online_check);
}

#[tokio::test]
async fn only_the_gateways_own_word_is_not_found() {
    assert_eq!(asked("type=error\n&error-code=101\n&error-message=no+order\n").await, Answer::NotFound);
    assert_eq!(asked("type=error\n&error-code=5\n&error-message=ORDER_NOT_FOUND\n").await, Answer::NotFound);
    assert_eq!(asked("type=error\n&error-code=5\n&error-message=System+error\n").await, Answer::Lost);
    assert_eq!(asked("<html>not found</html>").await, Answer::Lost);
}

/// Everything that any crate logs, at the finest level.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn neither_key_nor_card_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    subscriber.with_writer(move || writer.clone()).init();
    let (url, _served, _stop) = server(http("403 Forbidden", "", "")).await;
    let (gateway, _) = gateway(url);
    let (router, _) = support::proxy(support::memory::Memory::new(), gateway).await;
    for body in [payment(ID, BLOB), payment(ID, &format!("{BLOB}XX")), payment("AAAAAAAAAAAAAAAAAAAB", BLOB)]
    {
        support::call(&router, support::post("/api/v1/payments", &body)).await;
    }
    support::until(&router, ID, |view| view["outcome"]["why"] == "till_refused").await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains(ID) && log.contains("TRACE"), "the search finds what is there");
    for secret in [KEY, BLOB, &BLOB.to_lowercase()] {
        assert!(!log.contains(secret));
        assert!(!log.contains(&hex::encode(secret)));
    }
}

#[tokio::test]
async fn later_transactions_say_what_and_how_much() {
    let asked = |amount: Option<u64>| Asked {
        request: ID.parse().unwrap(),
        amount: amount.map(|minor| Amount::new(minor, Currency::from_code("EUR").unwrap())),
        reason: "wrong article".into(),
        operator: None,
    };
    for (kind, minor, path, fields) in [
        (LaterKind::Capture, Some(700), "capture", vec!["amount=7.00", "currency=EUR"]),
        (
            LaterKind::Return,
            Some(700),
            "return",
            vec!["amount=7.00", "currency=EUR", "comment=wrong%20article"],
        ),
        (LaterKind::Return, None, "return", vec!["comment=wrong%20article"]),
        (LaterKind::Void, None, "void", vec!["comment=wrong%20article"]),
    ] {
        let body = format!(
            "type=async-response\n&merchant-order-id={ID}\n&paynet-order-id=4711\n&serial-number=s\n"
        );
        let (url, served, stop) = server(http("200 OK", "", &body)).await;
        let (gateway, _) = gateway(url);
        let (mut order, _) = order();
        order.order_id = Some("4711".into());
        let asked = asked(minor);
        let later = Later {
            kind,
            amount: asked.amount,
            cause: Cause::Asked(asked),
            since: 0,
            serial_number: None,
            transfer: Transfer::Sending,
            refusal: Reason::default(),
        };
        let accepted = Submission::Accepted { order_id: "4711".into(), serial_number: Some("s".into()) };
        assert_eq!(gateway.later(&order, &later).await, accepted);
        stop.send(()).unwrap();
        let requests = served.await.unwrap();
        assert_eq!(requests.len(), 1);
        assert!(requests[0].starts_with(&format!("POST /paynet/api/v2/{path}/1111 ")), "{}", requests[0]);
        for field in &fields {
            assert!(requests[0].contains(field), "{field}: {}", requests[0]);
        }
        assert_eq!(requests[0].contains("amount="), minor.is_some());
    }
}

#[tokio::test]
async fn an_order_is_asked_for_at_its_endpoint() {
    let (url, served, stop) = server(http("200 OK", "", "type=error\n&error-code=101\n")).await;
    let (gateway, _) = gateway(url);
    let endpoints = ["EUR", "USD"].map(|code| (Currency::from_code(code).unwrap(), format!("{code}1")));
    let gateway = gateway.with_endpoints(endpoints.into());
    assert_eq!(gateway.endpoint(Currency::from_code("USD").unwrap()), "USD1");
    assert_eq!(gateway.endpoint(Currency::from_code("GBP").unwrap()), "");
    let (mut order, card) = order();
    gateway.ask(&order).await;
    order.endpoint = "2222".into();
    order.order_id = Some("4711".into());
    gateway.submit(&order, &card).await;
    gateway.ask(&order).await;
    gateway.advise(&order, &card).await;
    let later = Later {
        kind: LaterKind::Return,
        amount: None,
        cause: Cause::GiveBack(payment::api::GiveBackReason::Staff),
        since: 0,
        serial_number: None,
        transfer: Transfer::Sending,
        refusal: Reason::default(),
    };
    gateway.later(&order, &later).await;
    stop.send(()).unwrap();
    let paths: Vec<_> =
        served.await.unwrap().iter().map(|request| request.split(' ').nth(1).unwrap().to_owned()).collect();
    let wanted = [
        "api/v2/status/1111",
        "mapi/v1/sale/2222",
        "api/v2/status/2222",
        "mapi/v1/emv-advice/2222",
        "api/v2/return/2222",
    ];
    assert_eq!(paths, wanted.map(|path| format!("/paynet/{path}")));
}
