//! The sandbox gateway: a till may be anybody, and what a reader encrypted may be anything.

mod cards;

pub(crate) use cards::cards;
use gateway_sim::{Account, Gateway, Reply, Request, Settings};
use paynet::{
    Advice, Amount, ControlKey, Dialect, EncryptedData, Fields, HttpReply, Login, Merchant, Order, Payment,
    Return, Stamp, oauth, reply,
};
use serde_json::Value;
use tlv::{object, tag};

use crate::script::Script;

const HOST: &str = "127.0.0.1:8090";
const ENDPOINT: &str = "1111";
/// Wall time at which a script begins, in milliseconds.
const START: u64 = 1_800_000_000_000;
const MINOR: u64 = 1000;
/// More than a payment, its advice and its return take.
const CALLS: usize = 10;

/// A merchant and its gateway, without a socket.
struct Shop {
    gateway: Gateway,
    merchant: Merchant,
    now: u64,
    stamps: u64,
    /// Sales and preauths that the gateway took.
    taken: u64,
}

impl Shop {
    fn new() -> Self {
        let login = Login::try_from("merchantlogin".to_owned()).unwrap();
        let key = ControlKey::try_from("B17F59B4-A7DC-41B4-8FF9-37D986B43D20".to_owned()).unwrap();
        let callback = Some("http://127.0.0.1:9/callback".to_owned());
        let account =
            Account::new(login.clone(), key.clone(), ENDPOINT.to_owned(), "EUR".parse().unwrap(), callback);
        let dialect = Dialect { base_url: format!("http://{HOST}/paynet"), ..Dialect::default() };
        Self {
            gateway: Gateway::new(account.unwrap(), Settings::default(), 1),
            merchant: Merchant { login, key, endpoint: ENDPOINT.to_owned(), dialect },
            now: START,
            stamps: 0,
            taken: 0,
        }
    }

    fn stamp(&mut self) -> Stamp {
        self.stamps += 1;
        Stamp { nonce: self.stamps.to_string(), timestamp: self.now / 1000 }
    }

    fn send(&mut self, url: &str, authorization: Option<&str>, body: &str) -> Reply {
        let request = Request {
            method: "POST",
            host: HOST,
            target: url.strip_prefix("http://127.0.0.1:8090").unwrap(),
            authorization,
            content_type: Some("application/x-www-form-urlencoded"),
            body: body.as_bytes(),
        };
        self.gateway.handle(self.now, &request)
    }

    /// Sends a form that is signed as it stands.
    fn send_signed(&mut self, url: &str, form: &Fields) -> Reply {
        let stamp = self.stamp();
        let signed = oauth::sign("POST", url, form, &self.merchant.login, &self.merchant.key, &stamp);
        self.send(url, Some(&signed.header), &form.encode())
    }

    fn sale(&mut self, client_orderid: &str, family: &str, data: &EncryptedData) -> paynet::Request {
        let payment = Payment {
            client_orderid,
            amount: Amount { minor: MINOR, exponent: 2, currency: "EUR".parse().unwrap() },
            description: None,
            email: None,
            reference: None,
            encrypted_type: family,
            encrypted_data: data,
        };
        let stamp = self.stamp();
        self.merchant.sale(&payment, &stamp)
    }
}

fn http(reply: &Reply) -> HttpReply<'_> {
    HttpReply { code: reply.code, error_message: reply.error_message.as_deref(), body: reply.body.as_bytes() }
}

/// What may stand in a form that the merchant signed, and anything in place of one of its fields.
fn changed(body: &str, script: &mut Script<'_>) -> Fields {
    let form = Fields::decode(body.as_bytes());
    let names: Vec<String> = form.iter().map(|(name, _)| name.to_owned()).collect();
    let (changed, value) = (script.choose(&names), script.text());
    form.iter().map(|(name, old)| (name, if name == changed { value.as_str() } else { old })).collect()
}

/// Calls of a merchant, changed on the way or not, in any order, and the control API in between.
pub(crate) fn calls(bytes: &[u8]) {
    const IDS: [&str; 3] = ["AAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBB", ""];
    const ORDERS: [&str; 3] = ["1000001", "1000002", ""];
    const CONTROL: [&str; 4] = ["/control/orders", "/control/settings", "/control/clock", "/control/reset"];
    let (mut script, mut shop) = (Script::new(bytes), Shop::new());
    for _ in 0..CALLS {
        let Some(step) = script.step() else { break };
        let (client_orderid, orderid) = (script.choose(&IDS), script.choose(&ORDERS));
        let stamp = shop.stamp();
        let request = match step % 8 {
            0 => shop.sale(client_orderid, "miura", cards::chip()),
            1 => {
                let orderid = (!orderid.is_empty()).then_some(orderid);
                let order = Order { client_orderid, orderid, serial_number: None };
                shop.merchant.status(&order, &stamp)
            }
            2 => {
                let decision = script.choose(&[tag::APPROVED, tag::DECLINED, tag::RESPONSE]);
                let encrypted_data = &cards::hex(&object(decision, script.some()));
                let advice = Advice { orderid, client_orderid, encrypted_type: "miura", encrypted_data };
                shop.merchant.advice(&advice, &stamp)
            }
            3 => {
                let minor = u64::from(script.word());
                let amount = Amount { minor, exponent: 2, currency: "EUR".parse().unwrap() };
                let amount = (minor % 2 == 0).then_some(amount);
                let back = Return { client_orderid, orderid, amount, comment: "changed mind" };
                shop.merchant.reversal(&back, &stamp).unwrap()
            }
            4 => {
                shop.now += u64::from(script.word());
                while let Some(call) = shop.gateway.poll_callback(shop.now) {
                    let code = script.choose(&[Some(200), Some(500), None]);
                    shop.gateway.callback_answered(shop.now, call.id, code);
                }
                let _ = shop.gateway.poll_timeout();
                continue;
            }
            5 => {
                stranger(&mut shop, &mut script);
                continue;
            }
            6 => {
                let (target, body) = (script.choose(&CONTROL), script.some());
                // So that the orders can still be counted.
                if target != "/control/reset" {
                    control(&mut shop, script.choose(&["GET", "POST"]), target, body);
                }
                continue;
            }
            _ => shop.sale(client_orderid, "miura", cards::chip()),
        };
        let form = match script.byte() % 4 {
            0 => changed(&request.body, &mut script),
            _ => Fields::decode(request.body.as_bytes()),
        };
        let answer = shop.send_signed(&request.url, &form);
        let accepted = reply::accepted(&http(&answer), &Dialect::default());
        let _ = reply::status(&http(&answer), &Dialect::default());
        shop.taken += u64::from(request.url.contains("/mapi/v1/sale") && accepted.is_ok());
    }
    let orders = control(&mut shop, "GET", "/control/orders", &[]);
    let charges = orders["charges"].as_u64().unwrap();
    assert!(charges <= shop.taken, "{charges} charges for {} sales", shop.taken);
}

/// A request that is made up.
fn stranger(shop: &mut Shop, script: &mut Script<'_>) {
    const TARGETS: [&str; 6] = [
        "/paynet/mapi/v1/sale/1111",
        "/paynet/mapi/v1/preauth/1111",
        "/paynet/mapi/v1/emv-advice/1111",
        "/paynet/api/v2/status/1111",
        "/paynet/api/v2/return/1111",
        "/",
    ];
    let known = script.choose(&TARGETS);
    let target = format!("{known}{}", script.text());
    let (header, body) = (script.text(), script.some());
    let request = Request {
        method: script.choose(&["POST", "GET"]),
        host: HOST,
        target: &target,
        authorization: Some(header.as_str()).filter(|header| !header.is_empty()),
        content_type: script.choose(&[Some("application/x-www-form-urlencoded"), Some("text/html"), None]),
        body,
    };
    let answer = shop.gateway.handle(shop.now, &request);
    assert!(reply::accepted(&http(&answer), &Dialect::default()).is_err(), "a stranger is refused");
}

fn control(shop: &mut Shop, method: &str, target: &str, body: &[u8]) -> Value {
    let request = Request { method, host: HOST, target, authorization: None, content_type: None, body };
    let answer = shop.gateway.handle(shop.now, &request);
    serde_json::from_str(&answer.body).unwrap_or_default()
}
