//! A merchant with a reader, and a gateway without a socket.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use dukpt::{BaseKey, Ksn, Variant, encode_pin_block};
use gateway_sim::{Account, Delivery, Gateway, Reply, Request, Settings};
use paynet::{
    Accepted, Advice, Amount, Capture, ControlKey, Dialect, EncryptedData, Fields, HttpReply, Login,
    Merchant, Order, OrderStatus, Payment, ReplyError, Return, Stamp, Void, reply,
};
use serde_json::Value;
use tlv::{object, tag};

pub const HOST: &str = "127.0.0.1:8090";
pub const KEY: &str = "B17F59B4-A7DC-41B4-8FF9-37D986B43D20";
pub const PAN: &str = "4761739001010010";
pub const PIN: &str = "1234";
/// Wall time at which each test starts, milliseconds.
pub const START: u64 = 1_800_000_000_000;

pub fn login() -> Login {
    Login::try_from("merchantlogin".to_owned()).unwrap()
}

pub fn key() -> ControlKey {
    ControlKey::try_from(KEY.to_owned()).unwrap()
}

pub fn account() -> Account {
    let callback = Some("http://127.0.0.1:9/callback".to_owned());
    Account::new(login(), key(), "1111".into(), "EUR".parse().unwrap(), callback).unwrap()
}

pub fn merchant(host: &str) -> Merchant {
    let dialect = Dialect { base_url: format!("http://{host}/paynet"), ..Dialect::default() };
    Merchant { login: login(), key: key(), endpoint: "1111".into(), dialect }
}

pub fn eur(minor: u64) -> Amount {
    Amount { minor, exponent: 2, currency: "EUR".parse().unwrap() }
}

/// How the customer pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    Chip,
    Contactless,
    Swipe,
}

pub fn encrypt(ksn: [u8; 10], variant: Variant, clear: &[u8]) -> Vec<u8> {
    let base = hex::decode("0123456789ABCDEFFEDCBA9876543210").unwrap().try_into().unwrap();
    let ksn = Ksn::new(ksn);
    BaseKey::new(base).initial(ksn).transaction(ksn).working(variant).encrypt(clear)
}

pub const KSN: [u8; 10] = [0xFF, 0xFF, 0x98, 0x76, 0x54, 0x32, 0x10, 0xE0, 0, 1];

/// The objects inside the reader's template.
pub fn card_objects(entry: Entry, minor: u64) -> Vec<Vec<u8>> {
    let track = hex::decode("4761739001010010D15122011143878089").unwrap();
    let clear = match entry {
        Entry::Chip => {
            [object(tag::PAN, &hex::decode(PAN).unwrap()), object(tag::TRACK_2_EQUIVALENT, &track)].concat()
        }
        Entry::Contactless => object(tag::TRACK_2_EQUIVALENT, &track),
        Entry::Swipe => [
            object(tag::TRACK_1, b"%B4761739001010010^VISA ACQUIRER TEST CARD 05^15122011143800575000000?"),
            object(tag::TRACK_2, b";4761739001010010=15122011143857589?<"),
        ]
        .concat(),
    };
    let mut objects =
        vec![object(tag::SRED_DATA, &encrypt(KSN, Variant::DekRequest, &clear)), object(tag::SRED_KSN, &KSN)];
    if entry == Entry::Swipe {
        objects.push(object(tag::CARD_STATUS, &[0, 7]));
        return objects;
    }
    objects.extend([
        object(tag::AMOUNT, &hex::decode(format!("{minor:012}")).unwrap()),
        object(tag::CURRENCY, &[0x09, 0x78]),
        object(tag::APPLICATION_LABEL, b"VISA CREDIT"),
        object(tag::CARDHOLDER_NAME, b"VISA ACQUIRER/TEST CARD"),
        object(tlv::Tag::new(0x9F06), &[0xA0, 0, 0, 0, 3, 0x10, 0x10]),
        object(tag::TVR, &[0, 0, 0, 0x80, 0]),
        object(tag::CVM_RESULTS, &[0x44, 3, 2]),
        object(tag::PAN_SEQUENCE, &[1]),
        object(tag::CRYPTOGRAM_INFORMATION, &[0x80]),
        object(tag::CRYPTOGRAM, &[0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]),
    ]);
    if entry == Entry::Contactless {
        objects.push(object(tag::CONTACTLESS_MODE, &[1]));
    }
    objects
}

/// A PIN block and its key serial number, as a chip card with online PIN adds them.
pub fn pin_objects(pan: &str) -> Vec<Vec<u8>> {
    let block = encode_pin_block(PIN, pan).unwrap();
    vec![object(tag::PIN_BLOCK, &encrypt(KSN, Variant::Pin, &block)), object(tag::PIN_KSN, &KSN)]
}

pub fn template(entry: Entry, objects: &[Vec<u8>]) -> EncryptedData {
    let tag = if entry == Entry::Swipe { tag::RESPONSE } else { tag::ONLINE_REQUIRED };
    EncryptedData::from_hex(&hex::encode(object(tag, &objects.concat()))).unwrap()
}

pub fn card(entry: Entry, minor: u64) -> EncryptedData {
    template(entry, &card_objects(entry, minor))
}

/// What a chip card says in the end: `E3` or `E5`.
pub fn decision(is_approved: bool) -> EncryptedData {
    let tag = if is_approved { tag::APPROVED } else { tag::DECLINED };
    EncryptedData::from_hex(&hex::encode(object(tag, &object(tag::TVR, &[0; 5])))).unwrap()
}

/// A merchant's view of a gateway: requests are made, sent, and read as over the wire.
pub struct Shop {
    pub gateway: Gateway,
    pub merchant: Merchant,
    pub now: u64,
    pub nonce: u64,
    /// What became of the last answer.
    pub delivered: Delivery,
}

impl Shop {
    pub fn new(settings: Settings) -> Self {
        Self {
            gateway: Gateway::new(account(), settings, 1),
            merchant: merchant(HOST),
            now: START,
            nonce: 0,
            delivered: Delivery::Whole,
        }
    }

    pub fn pass(&mut self, ms: u64) {
        self.now += ms;
    }

    pub fn stamp(&mut self) -> Stamp {
        self.nonce += 1;
        Stamp { nonce: format!("n{}", self.nonce), timestamp: self.now / 1000 }
    }

    pub fn send(&mut self, request: &paynet::Request) -> Reply {
        let header = |name: &str| request.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
        let target = request.url.strip_prefix(&format!("http://{HOST}")).unwrap();
        let request = Request {
            method: request.method,
            host: HOST,
            target,
            authorization: header("Authorization"),
            content_type: header("Content-Type"),
            body: request.body.as_bytes(),
        };
        let reply = self.gateway.handle(self.now, &request);
        self.delivered = reply.delivery;
        reply
    }

    pub fn sale_request(&mut self, id: &str, minor: u64, data: &EncryptedData) -> paynet::Request {
        self.sale_request_of("miura", id, minor, data)
    }

    pub fn sale_request_of(
        &mut self,
        encrypted_type: &str,
        id: &str,
        minor: u64,
        data: &EncryptedData,
    ) -> paynet::Request {
        let payment = Payment {
            client_orderid: id,
            amount: eur(minor),
            description: None,
            reference: None,
            email: None,
            encrypted_type,
            encrypted_data: data,
        };
        let stamp = self.stamp();
        self.merchant.sale(&payment, &stamp)
    }

    pub fn sale(&mut self, id: &str, minor: u64, entry: Entry) -> Result<Accepted, ReplyError> {
        let request = self.sale_request(id, minor, &card(entry, minor));
        let reply = self.send(&request);
        accepted(&reply)
    }

    pub fn preauth(&mut self, id: &str, minor: u64, entry: Entry) -> Result<Accepted, ReplyError> {
        let data = card(entry, minor);
        let payment = Payment {
            client_orderid: id,
            amount: eur(minor),
            description: None,
            reference: None,
            email: None,
            encrypted_type: "miura",
            encrypted_data: &data,
        };
        let stamp = self.stamp();
        let request = self.merchant.preauth(&payment, &stamp);
        accepted(&self.send(&request))
    }

    pub fn advise(&mut self, order: &Accepted, is_approved: bool) -> Result<Accepted, ReplyError> {
        self.advise_of("miura", order, &decision(is_approved))
    }

    pub fn advise_of(
        &mut self,
        encrypted_type: &str,
        order: &Accepted,
        data: &EncryptedData,
    ) -> Result<Accepted, ReplyError> {
        let advice = Advice {
            orderid: &order.orderid,
            client_orderid: &order.client_orderid,
            encrypted_type,
            encrypted_data: data,
        };
        let stamp = self.stamp();
        let request = self.merchant.advice(&advice, &stamp);
        accepted(&self.send(&request))
    }

    pub fn give_back(&mut self, order: &Accepted, minor: Option<u64>) -> Result<Accepted, ReplyError> {
        let reversal = Return {
            client_orderid: &order.client_orderid,
            orderid: &order.orderid,
            amount: minor.map(eur),
            comment: "changed mind",
        };
        let stamp = self.stamp();
        let request = self.merchant.reversal(&reversal, &stamp).unwrap();
        accepted(&self.send(&request))
    }

    pub fn capture(&mut self, order: &Accepted, minor: Option<u64>) -> Result<Accepted, ReplyError> {
        let capture = Capture {
            client_orderid: &order.client_orderid,
            orderid: &order.orderid,
            amount: minor.map(eur),
        };
        let stamp = self.stamp();
        let request = self.merchant.capture(&capture, &stamp).unwrap();
        accepted(&self.send(&request))
    }

    pub fn void(&mut self, order: &Accepted) -> Result<Accepted, ReplyError> {
        let void =
            Void { client_orderid: &order.client_orderid, orderid: &order.orderid, comment: "wrong article" };
        let stamp = self.stamp();
        let request = self.merchant.void(&void, &stamp);
        accepted(&self.send(&request))
    }

    pub fn ask(&mut self, order: &Order<'_>) -> Result<OrderStatus, ReplyError> {
        let stamp = self.stamp();
        let request = self.merchant.status(order, &stamp);
        let reply = self.send(&request);
        assert_eq!(reply.delivery, Delivery::Whole);
        reply::status(&http(&reply), &Dialect::default())
    }

    pub fn status(&mut self, id: &str) -> OrderStatus {
        self.ask(&Order { client_orderid: id, orderid: None, serial_number: None }).unwrap()
    }

    pub fn control(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let request = Request {
            method,
            host: HOST,
            target: path,
            authorization: None,
            content_type: None,
            body: body.as_bytes(),
        };
        let reply = self.gateway.handle(self.now, &request);
        (reply.code, serde_json::from_str(&reply.body).unwrap())
    }

    /// A page of the gateway's: its code and text.
    pub fn page(&mut self, target: &str) -> (u16, String) {
        let request =
            Request { method: "GET", host: HOST, target, authorization: None, content_type: None, body: &[] };
        let reply = self.gateway.handle(self.now, &request);
        (reply.code, reply.body)
    }

    pub fn counts(&mut self) -> Value {
        self.control("GET", "/control/orders", "").1
    }

    /// Query strings of the callbacks that are due, each answered with this code.
    pub fn callbacks(&mut self, code: Option<u16>) -> Vec<String> {
        let mut queries = Vec::new();
        while let Some(call) = self.gateway.poll_callback(self.now) {
            self.gateway.callback_answered(self.now, call.id, code);
            queries.push(call.url.split_once('?').unwrap().1.to_owned());
        }
        queries
    }
}

pub fn http(reply: &Reply) -> HttpReply<'_> {
    HttpReply { code: reply.code, error_message: reply.error_message.as_deref(), body: reply.body.as_bytes() }
}

pub fn accepted(reply: &Reply) -> Result<Accepted, ReplyError> {
    reply::accepted(&http(reply), &Dialect::default())
}

pub fn refusal(result: Result<Accepted, ReplyError>) -> paynet::Refusal {
    match result {
        Err(ReplyError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Signs a changed form anew.
pub fn resigned(shop: &mut Shop, request: &paynet::Request, form: &Fields) -> paynet::Request {
    let stamp = shop.stamp();
    let signed = paynet::oauth::sign("POST", &request.url, form, &login(), &key(), &stamp);
    let mut request = request.clone();
    request.headers.retain(|(name, _)| *name != "Authorization");
    request.headers.push(("Authorization", signed.header));
    request.body = form.encode();
    request
}
