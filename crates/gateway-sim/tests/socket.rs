//! The same over a real socket: what arrives, what breaks off, who is let in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, card, eur};
use gateway_sim::{Account, Gateway, Settings, server};
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
    tokio::spawn(server::serve(listener, Gateway::new(account, settings, 1)));
    host
}

fn sale(host: &str, id: &str, minor: u64) -> paynet::Request {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    let payment = Payment {
        client_orderid: id,
        amount: eur(minor),
        description: None,
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
