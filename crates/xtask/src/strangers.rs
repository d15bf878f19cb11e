//! `cargo xtask strangers`: the sandbox gateway in front of clients that we did not write.

use crate::server::{Merchant, Server};
use crate::setup::{Tool, Toolbox};
use crate::shell;
use anyhow::{Context as _, Result, ensure};

const MERCHANT: Merchant = Merchant {
    login: "stranger",
    key: "5A17E0C2-0F6B-4B7E-9C51-6D1F0E3B2A48",
    endpoint: "1111",
    currency: "GBP",
};
const ORDER: &str = "STRANGER000000000001";

/// A Miura reader's online request: a chip card, 4.56 GBP, encrypted under the public test keys.
const READING: &str = include_str!("readings/chip.hex");

/// Asks for the status with nothing but curl and sha1sum, as the gateway's documentation describes `control`.
const STATUS: &str = r#"
control=$(printf %s "$login$client_orderid$orderid$key" | sha1sum | cut -d ' ' -f 1)
curl --silent --show-error --fail --noproxy '*' "$url" --data-urlencode "login=$login" \
    --data-urlencode "client_orderid=$client_orderid" --data-urlencode "orderid=$orderid" --data "control=$control"
"#;

/// Installs what is needed and lets the strangers meet the gateway.
pub(crate) fn run() -> Result<()> {
    meet(&Toolbox::with(&[Tool::Curl])?)
}

/// Posts a sale by a published OAuth client, once with the wrong key, and asks for its status by curl.
pub(crate) fn meet(tools: &Toolbox) -> Result<()> {
    shell::run(tools.command("cargo").args(["build", "--locked", "-p", "gateway-sim", "--bins"]))?;
    shell::run(tools.command("cargo").args(["build", "--locked", "-p", "xtask", "--example", "stranger"]))?;
    let bin = shell::target_dir().join("debug/mpos-gateway-sim");
    let gateway = Server::gateway(&mut tools.command(&bin.to_string_lossy()), &MERCHANT)?;
    let base = format!("{}/paynet", gateway.address);

    let (status, body) = sale(tools, &base, "00000000-0000-0000-0000-000000000000")?;
    println!("oauth1-request with a wrong key: HTTP {status}");
    ensure!(status == "403", "a sale signed with a wrong key was answered {status}: {body}");

    let (status, body) = sale(tools, &base, MERCHANT.key)?;
    println!("oauth1-request posts a sale: HTTP {status}\n{}", body.trim());
    ensure!(status == "200" && field(&body, "type") == Some("async-response"), "the sale was refused");
    let order_id = field(&body, "paynet-order-id").context("the sale's answer names no paynet-order-id")?;

    let mut curl = tools.command("sh");
    curl.args(["-c", STATUS])
        .env("url", format!("{base}/api/v2/status/{}", MERCHANT.endpoint))
        .env("login", MERCHANT.login);
    let answer =
        shell::read(curl.env("client_orderid", ORDER).env("orderid", order_id).env("key", MERCHANT.key))?;
    println!("curl and sha1sum ask for its status:\n{}", answer.trim());
    ensure!(field(&answer, "type") == Some("status-response"), "the status was refused");
    ensure!(field(&answer, "merchant-order-id") == Some(ORDER), "the status is another order's");
    Ok(())
}

/// The HTTP status and the body that a sale signed with `key` is answered with.
fn sale(tools: &Toolbox, base: &str, key: &str) -> Result<(String, String)> {
    let stranger = shell::target_dir().join("debug/examples/stranger");
    let mut command = tools.command(&stranger.to_string_lossy());
    let endpoint = MERCHANT.endpoint;
    command.args([&format!("{base}/mapi/v1/sale/{endpoint}"), MERCHANT.login, key]).args([
        &format!("client_orderid={ORDER}"),
        "amount=4.56",
        "currency=GBP",
        "order_desc=Tea & biscuits, 1+1",
        "email=someone@example.com",
        "phone=+441632960000",
        "address1=1 High Street",
        "city=London",
        "zip_code=N1 1AA",
        "country=GB",
        "ipaddress=127.0.0.1",
        "phone-id=11111111-2222-3333-4444-555555555555",
        "sdk-version=0.0.1",
        "encrypted-type=miura",
        &format!("encrypted-data={}", READING.trim()),
    ]);
    let answer = shell::read(&mut command)?;
    let (status, body) = answer.split_once('\n').context("the client printed no status")?;
    Ok((status.to_owned(), body.to_owned()))
}

/// The value of `name` in an answer of the gateway's, whose values may end with a line feed.
fn field<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    body.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, v)| v.trim())
}
