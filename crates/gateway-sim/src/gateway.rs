//! The sandbox gateway's core: requests in, replies and callbacks out.

use paynet::{ControlKey, Currency, Fields, Login, amount};

use crate::auth::{self, Nonces};
use crate::callback::{Call, Callbacks};
use crate::closing::Closing;
use crate::http::{Answer, Delivery, Refused, Reply, Request};
use crate::order::Order;
use crate::settings::{AnswerFault, Settings};
use crate::{
    advice, closing, control, iso4217, later, outcome, receipt, report, sale, status, transaction::Kind,
};

/// Where the gateway lives under its host.
const BASE_PATH: &str = "/paynet/";

/// The one merchant and its endpoints.
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) login: Login,
    pub(crate) key: ControlKey,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) callback_url: Option<String>,
}

/// A place with one currency. An order is known at its own only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) currency: Currency,
    pub(crate) currency_numeric: u16,
    pub(crate) exponent: u8,
}

impl Account {
    /// An endpoint of one currency; callbacks go to `callback_url`, if there is one.
    ///
    /// # Errors
    /// [`AccountError`] for a currency that the sandbox does not know and for an address that is not `http://`.
    pub fn new(
        login: Login,
        key: ControlKey,
        endpoint: String,
        currency: Currency,
        callback_url: Option<String>,
    ) -> Result<Self, AccountError> {
        if callback_url.as_ref().is_some_and(|url| !url.starts_with("http://")) {
            return Err(AccountError::CallbackUrl);
        }
        Self { login, key, endpoints: vec![], callback_url }.also(endpoint, currency)
    }

    /// With one more endpoint.
    ///
    /// # Errors
    /// [`AccountError::Currency`]
    pub fn also(mut self, id: String, currency: Currency) -> Result<Self, AccountError> {
        let (currency_numeric, exponent) =
            iso4217::find(currency.as_str()).ok_or(AccountError::Currency(currency))?;
        self.endpoints.push(Endpoint { id, currency, currency_numeric, exponent });
        Ok(self)
    }

    fn endpoint(&self, id: &str) -> Result<Endpoint, Refused> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id).cloned().ok_or(Refused::Forbidden)
    }
}

/// The sandbox cannot be set up like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The numeric code and exponent are not known.
    #[error("configuration: the sandbox does not know the currency {0:?}")]
    Currency(Currency),
    /// Callbacks of the sandbox stay on this machine, without TLS.
    #[error("configuration: the callback address must begin with http://")]
    CallbackUrl,
}

/// The gateway. Times are milliseconds since 1970-01-01 UTC and never go back.
#[derive(Debug)]
pub struct Gateway {
    pub(crate) account: Account,
    initial: Settings,
    pub(crate) settings: Settings,
    pub(crate) orders: Vec<Order>,
    pub(crate) closings: Vec<Closing>,
    pub(crate) callbacks: Callbacks,
    pub(crate) nonces: Nonces,
    /// How far the control API has moved the clock, milliseconds.
    pub(crate) moved_by: u64,
    random: u64,
    requests: u64,
}

impl Gateway {
    /// An empty gateway. `seed` decides approval codes and the like.
    #[must_use]
    pub fn new(account: Account, settings: Settings, seed: u64) -> Self {
        Self {
            account,
            initial: settings.clone(),
            settings,
            orders: Vec::new(),
            closings: Vec::new(),
            callbacks: Callbacks::default(),
            nonces: Nonces::default(),
            moved_by: 0,
            random: seed,
            requests: 0,
        }
    }

    /// Answers a request.
    pub fn handle(&mut self, now: u64, request: &Request<'_>) -> Reply {
        let moved = now + self.moved_by;
        self.callbacks.announce(moved, &mut self.orders, &self.account, &self.settings);
        let reply = match request.path().strip_prefix(BASE_PATH) {
            Some(path) => match path.strip_prefix("view-receipt/") {
                Some(path) if request.method == "GET" => receipt::show(self, moved, path),
                _ => self.call(now, path, request),
            },
            None if request.path() == report::PATH => report::handle(self, now, moved, request),
            None => control::handle(self, moved, request),
        };
        // The request itself may have settled a transaction or moved the clock.
        let moved = now + self.moved_by;
        self.callbacks.announce(moved, &mut self.orders, &self.account, &self.settings);
        reply
    }

    /// The next callback that is due, to be sent and reported by [`Self::callback_answered`].
    pub fn poll_callback(&mut self, now: u64) -> Option<Call> {
        let moved = now + self.moved_by;
        self.callbacks.announce(moved, &mut self.orders, &self.account, &self.settings);
        self.callbacks.poll(moved)
    }

    /// What became of a callback: the HTTP status, or `None` if there was no answer.
    pub fn callback_answered(&mut self, now: u64, id: u64, code: Option<u16>) {
        self.callbacks.answered(now + self.moved_by, id, code);
    }

    /// When [`Self::poll_callback`] should be asked again, in the time of `handle`.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        let waiting =
            self.orders.iter().flat_map(Order::transactions).filter(|transaction| !transaction.announced);
        let settling = waiting.filter_map(|transaction| transaction.settled()).min();
        let next = [settling, self.callbacks.next_due()].into_iter().flatten().min();
        next.map(|moved| moved.saturating_sub(self.moved_by))
    }

    /// Whether the answers of the call with this path hang now.
    #[must_use]
    pub fn hangs(&self, path: &str) -> bool {
        let call = path.strip_prefix(BASE_PATH).and_then(Name::and_endpoint);
        call.is_some_and(|(name, _)| self.fault(name) == AnswerFault::Hang)
    }

    fn call(&mut self, now: u64, path: &str, request: &Request<'_>) -> Reply {
        let form = Fields::decode(request.body);
        let Some((name, endpoint)) = Name::and_endpoint(path) else {
            return Reply::plain(404, "no such call");
        };
        let fault = self.fault(name);
        match fault {
            AnswerFault::Http500 => return Reply::plain(500, "Internal error"),
            AnswerFault::Forbidden => return Reply::plain(403, "Access is denied"),
            AnswerFault::Lost => return Reply { delivery: Delivery::CutOff, ..Reply::plain(200, "") },
            AnswerFault::None | AnswerFault::CutOff | AnswerFault::Hang => {}
        }
        let serial = self.next_serial();
        let carried_out = self
            .admit(now, name, endpoint, request, &form)
            .and_then(|endpoint| self.carry_out(now + self.moved_by, name, endpoint, &form, serial.clone()));
        let accepted = carried_out.is_ok();
        let client_orderid = auth::text(&form, "client_orderid");
        let mut reply = carried_out.map_or_else(
            |refused| Reply::refused(refused, serial, client_orderid),
            |answer| Reply::form(&answer),
        );
        reply.delay_ms = self.settings.answer_delay_ms;
        let cut_by_amount = accepted && self.cuts_off(name, endpoint, &form);
        reply.delivery = match fault {
            AnswerFault::Hang => Delivery::Held,
            AnswerFault::CutOff => Delivery::CutOff,
            _ if cut_by_amount => Delivery::CutOff,
            _ => Delivery::Whole,
        };
        reply
    }

    /// Whether the amount of a payment, or of a part of it, cuts the answer off.
    fn cuts_off(&self, name: Name, endpoint: &str, form: &Fields) -> bool {
        let asked = match name {
            Name::Sale | Name::Preauth | Name::Capture | Name::Return => auth::text(form, "amount"),
            Name::Advice | Name::Status | Name::Void | Name::CloseDay => return false,
        };
        let at = self.account.endpoint(endpoint);
        at.is_ok_and(|at| amount::parse(asked, at.exponent).is_ok_and(outcome::cuts_off_the_answer))
    }

    /// Everything that is checked before the parameters are.
    fn admit(
        &mut self,
        now: u64,
        name: Name,
        endpoint: &str,
        request: &Request<'_>,
        form: &Fields,
    ) -> Result<Endpoint, Refused> {
        if request.method != "POST" {
            return Err(Refused::NoSuchCall(405));
        }
        let content_type = request.content_type.unwrap_or_default();
        if content_type.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(Refused::BadRequest("the body must be application/x-www-form-urlencoded"));
        }
        let endpoint = self.account.endpoint(endpoint)?;
        let is_oauth = matches!(name, Name::Sale | Name::Preauth | Name::Advice | Name::CloseDay);
        // The vendor's own client signs status and return as well; a signature that is there must be right.
        if is_oauth || request.authorization.is_some() {
            self.nonces.check(now, request, form, &self.account.login, &self.account.key)?;
        }
        Ok(endpoint)
    }

    fn carry_out(
        &mut self,
        now: u64,
        name: Name,
        at: Endpoint,
        form: &Fields,
        serial: String,
    ) -> Result<Answer, Refused> {
        let moves_money = !matches!(name, Name::Advice | Name::Status | Name::CloseDay);
        if moves_money && closing::is_blocked(self, now) {
            return Err(Refused::Error { code: 9, message: "The day is being closed" });
        }
        match name {
            Name::Sale => sale::handle(self, now, at, form, serial, Kind::Sale),
            Name::Preauth => sale::handle(self, now, at, form, serial, Kind::Preauth),
            Name::Advice => advice::handle(self, now, &at, form, serial),
            Name::Status => status::handle(self, now, &at, form),
            Name::CloseDay => closing::handle(self, now, &at, form, serial),
            Name::Capture => later::handle(self, now, &at, form, serial, later::Call::Capture),
            Name::Return => later::handle(self, now, &at, form, serial, later::Call::Return),
            Name::Void => later::handle(self, now, &at, form, serial, later::Call::Void),
        }
    }

    fn fault(&self, name: Name) -> AnswerFault {
        let answers = &self.settings.answers;
        match name {
            Name::Sale | Name::Preauth => answers.sale,
            Name::Advice => answers.advice,
            Name::Status => answers.status,
            Name::Capture => answers.capture,
            Name::Return => answers.reversal,
            Name::CloseDay => answers.close_day,
            Name::Void => answers.void,
        }
    }

    /// The order a client means at an endpoint, if it can be seen yet: by both ids, or the latest with its own.
    pub(crate) fn find(&mut self, now: u64, at: &Endpoint, form: &Fields) -> Result<&mut Order, Refused> {
        let (client_orderid, orderid) = (auth::text(form, "client_orderid"), auth::text(form, "orderid"));
        let is_meant = |order: &&mut Order| {
            order.client_orderid == client_orderid
                && (orderid.is_empty() || order.id.to_string() == orderid)
                && order.visible <= now
                && order.endpoint == *at
        };
        let found = self.orders.iter_mut().rev().find(is_meant);
        found.ok_or(Refused::Error { code: 101, message: "ORDER_NOT_FOUND: no order with these ids" })
    }

    /// Back to the start, but for nonces: a replayed request stays one.
    pub(crate) fn reset(&mut self) {
        self.settings = self.initial.clone();
        self.orders.clear();
        self.closings.clear();
        self.callbacks = Callbacks::default();
        self.moved_by = 0;
    }

    /// A decimal number of so many digits, from the seed (SplitMix64).
    pub(crate) fn digits(&mut self, count: u32) -> String {
        let number = self.next_random() % 10_u64.pow(count);
        format!("{number:0width$}", width = count as usize)
    }

    pub(crate) fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// `serial-number`: a counter in the shape of a UUID, as the real one's.
    fn next_serial(&mut self) -> String {
        self.requests += 1;
        format!("00000000-0000-0000-0000-{:012x}", self.requests)
    }
}

/// The calls.
#[derive(Clone, Copy)]
enum Name {
    Sale,
    Preauth,
    Advice,
    Status,
    Capture,
    Return,
    CloseDay,
    Void,
}

impl Name {
    fn and_endpoint(path: &str) -> Option<(Self, &str)> {
        let (path, endpoint) = path.rsplit_once('/')?;
        Some((Self::of(path)?, endpoint))
    }

    fn of(path: &str) -> Option<Self> {
        match path {
            "mapi/v1/sale" => Some(Self::Sale),
            "mapi/v1/preauth" => Some(Self::Preauth),
            "mapi/v1/emv-advice" => Some(Self::Advice),
            "api/v2/status" => Some(Self::Status),
            "api/v2/capture" => Some(Self::Capture),
            "api/v2/return" => Some(Self::Return),
            "api/v2/close-day" => Some(Self::CloseDay),
            "api/v2/void" => Some(Self::Void),
            _ => None,
        }
    }
}
