//! The same over a real socket: what arrives, what breaks off, who is let in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, card, eur};
use gateway_sim::{Account, Gateway, Recorded, Settings, server};
use paynet::{Callback, Dialect, HttpReply, Payment, Stamp, Status, reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Starts a gateway on a free port and says where.
async fn start(callback_url: Option<String>) -> String {
    let listener = server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let currency = "EUR".parse().unwrap();
    let account =
        Account::new(common::login(), common::key(), "1111".into(), currency, callback_url).unwrap();
    let settings = Settings { processing_ms: 0, ..Settings::default() };
    tokio::spawn(server::serve(listener, Recorded::nowhere(Gateway::new(account, settings, 1))));
    host
}

fn sale(host: &str, id: &str, minor: u64) -> paynet::Request {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    let payment = Payment {
        client_orderid: id,
        amount: eur(minor),
        description: None,
        reference: None,
        email: None,
        encrypted_type: "miura",
        encrypted_data: &card(Entry::Swipe, minor),
    };
    common::merchant(host).sale(&payment, &Stamp { nonce: id.into(), timestamp: since.as_secs() })
}

/// Sends raw HTTP and reads until the connection ends: head and body as they came.
async fn exchange(host: &str, head: &str, body: &str, headers: &str) -> (String, String) {
    let mut stream = TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}{headers}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

async fn send(host: &str, request: &paynet::Request) -> (String, String) {
    let target = request.url.strip_prefix(&format!("http://{host}")).unwrap();
    let headers: Vec<_> =
        request.headers.iter().map(|(name, value)| format!("\r\n{name}: {value}")).collect();
    exchange(host, &format!("POST {target}"), &request.body, &headers.concat()).await
}

async fn orders(host: &str) -> serde_json::Value {
    serde_json::from_str(&exchange(host, "GET /control/orders", "", "").await.1).unwrap()
}

#[tokio::test]
async fn a_sale_over_http_is_answered_and_called_back() {
    let merchant = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let callback_url = format!("http://{}/callback", merchant.local_addr().unwrap());
    let host = start(Some(callback_url)).await;
    let (head, body) = send(&host, &sale(&host, "A", 1000)).await;
    assert!(
        head.starts_with("http/1.1 200") && head.contains("content-type: text/html;charset=utf-8"),
        "{head}"
    );
    let reply = HttpReply { code: 200, error_message: None, body: body.as_bytes() };
    assert_eq!(reply::accepted(&reply, &Dialect::default()).unwrap().client_orderid, "A");

    let (mut stream, _) = merchant.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap();
    let query = request.strip_prefix("GET /callback?").unwrap().split_once(' ').unwrap().0;
    assert_eq!(Callback::parse(query, &common::key()).unwrap().status, Status::Approved);
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    assert_eq!(orders(&host).await["charges"], 1);
}

#[tokio::test]
async fn an_answer_is_really_cut_off_and_the_order_is_there() {
    let host = start(None).await;
    let (head, body) = send(&host, &sale(&host, "A", 1061)).await;
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    assert!(body.contains("type=async-response"), "half of it arrives: {body}");
    assert!(!body.contains("paynet-order-id") && !body.ends_with("0\r\n\r\n"), "and no end: {body}");
    assert_eq!(orders(&host).await["charges"], 1);
}

#[tokio::test]
async fn only_this_machine_is_served() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let refused = server::bind(address.parse().unwrap()).await.unwrap_err();
        assert!(matches!(refused, server::BindError::NotLoopback(_)), "{address}");
    }
}

/// Serves the gateway of this record until the answer of the test is dropped.
async fn start_recorded(record: &std::path::Path) -> (String, tokio::task::JoinHandle<std::io::Result<()>>) {
    let listener = server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let settings = Settings { processing_ms: 0, ..Settings::default() };
    let gateway = Recorded::open(record, common::account(), settings, 1).unwrap();
    (host, tokio::spawn(server::serve(listener, gateway)))
}

#[tokio::test]
async fn what_was_recorded_is_there_after_a_kill_and_half_a_line_is_not() {
    let folder = std::env::temp_dir().join(format!("gateway-sim-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let record = folder.join("record");
    let (host, killed) = start_recorded(&record).await;
    send(&host, &sale(&host, "A", 1000)).await;
    exchange(&host, "POST /control/settings", r#"{"answers":{"sale":"http-500"}}"#, "").await;
    exchange(&host, "POST /control/clock", r#"{"advance_ms":5000}"#, "").await;
    let mut before = orders(&host).await;
    killed.abort();
    let mut torn = std::fs::OpenOptions::new().append(true).open(&record).unwrap();
    std::io::Write::write_all(&mut torn, br#"{"request":{"now":1,"meth"#).unwrap();

    for _ in 0..2 {
        let (host, killed) = start_recorded(&record).await;
        let mut after = orders(&host).await;
        let (then, now) = (before["now"].take().as_u64().unwrap(), after["now"].as_u64().unwrap());
        before["now"] = now.into();
        assert!((then..then + 4000).contains(&now), "its clock stays moved on: {then} {now}");
        assert_eq!(after.take(), before);
        assert_eq!((&before["charges"], &before["orders"][0]["client_orderid"]), (&1.into(), &"A".into()));
        let (head, _) = send(&host, &sale(&host, "B", 1000)).await;
        assert!(head.starts_with("http/1.1 500"), "its settings stay changed: {head}");
        killed.abort();
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn an_answer_that_hangs_is_given_once_it_may() {
    let host = start(None).await;
    exchange(&host, "POST /control/settings", r#"{"answers":{"sale":"hang"}}"#, "").await;
    let sale = sale(&host, "A", 1000);
    let mut answer = std::pin::pin!(send(&host, &sale));
    while orders(&host).await["charges"] != 1 {
        tokio::select! {
            early = &mut answer => panic!("answered while it hangs: {early:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    // A change of something else does not end it.
    exchange(&host, "POST /control/settings", r#"{"processing_ms":1}"#, "").await;
    tokio::select! {
        biased;
        early = &mut answer => panic!("answered while it hangs: {early:?}"),
        _ = orders(&host) => {}
    }
    exchange(&host, "POST /control/settings", r#"{"answers":{"sale":"none"}}"#, "").await;
    let (head, body) = answer.await;
    assert!(head.starts_with("http/1.1 200") && body.contains("paynet-order-id"), "{head}\n{body}");
}
