//! The gateway over HTTP.

use super::connecting::can_connect;
use super::reading::traced;
use super::{Call, Gateway, Reply, ReportFailure, answer, closing_reply, submission};
use crate::books::date_and_time;
use crate::trace::current;
use crate::{clock, config::Config, metrics::Metrics};
use axum::body::Bytes;
use payment::settlement::{self, Closing};
use payment::{
    api::{CallAnswer, Kind, LaterKind, NotCharged, Reached, Reason, Word},
    money::{Amount, Currency},
    order::{Answer, Cause, Later, Order, Submission},
    secret::EncryptedData,
    trace::TraceParent,
};
use paynet::report::{self, Row};
use paynet::{Merchant, Period, ReportError, Request, Stamp};
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::{sync::Arc, time::Duration};

/// As the vendor's own sample client.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// A gateway that sends a byte now and then is not waited for longer.
const WHOLE_TIMEOUT: Duration = Duration::from_secs(40);
/// A status answer has a few kilobytes.
const LONGEST_BODY: usize = 64 * 1024;
/// As many rows as are read, of 150 bytes each.
const LONGEST_REPORT: usize = 30 * 1024 * 1024;
/// `comment` of a return that nobody asked for by hand; it is mandatory, up to 50 characters.
const COMMENT: &str = "given back by the terminal";

/// Payneteasy, or its sandbox.
#[derive(Debug)]
pub struct PaynetGateway {
    merchant: Merchant,
    /// The endpoint of each currency.
    endpoints: BTreeMap<Currency, String>,
    by_serial_number: bool,
    encrypted_types: BTreeMap<String, String>,
    http: reqwest::Client,
    metrics: Arc<Metrics>,
}

/// Why a request brought no whole answer.
#[derive(Debug)]
enum Silence {
    /// This machine could not make the request.
    NotMade,
    /// No connection could be begun.
    NoConnection,
    /// Bytes may have gone out.
    Lost,
}

impl Silence {
    fn word(&self) -> &'static str {
        match self {
            Self::NotMade => "not-made",
            Self::NoConnection => "no-connection",
            Self::Lost => "no-answer",
        }
    }
}

/// The HTTP client cannot start: this machine's TLS set-up is wrong.
#[derive(Debug, thiserror::Error)]
#[error("gateway: the HTTP client cannot start: {0}")]
pub struct StartError(#[from] reqwest::Error);

impl PaynetGateway {
    /// A client of the gateway of these settings.
    ///
    /// # Errors
    /// [`StartError`]
    pub fn of(config: &Config, metrics: Arc<Metrics>) -> Result<Self, StartError> {
        let gateway = &config.settings.gateway;
        let merchant = Merchant {
            login: gateway.login.clone(),
            key: config.control_key.clone(),
            endpoint: gateway.endpoint.clone(),
            dialect: gateway.dialect.clone(),
        };
        let endpoints = gateway.all().map(|endpoint| (endpoint.currency, endpoint.endpoint)).collect();
        let encrypted_types = config.settings.till.readers.clone();
        Ok(Self::new(merchant, gateway.ask_by_serial_number, encrypted_types, metrics)?
            .with_endpoints(endpoints))
    }

    /// A client of the merchant's gateway. `by_serial_number` asks for the sale's own transaction; `encrypted_types` are
    /// the gateway's names for what each reader family encrypts.
    ///
    /// # Errors
    /// [`StartError`], as where the system has no certificates to trust.
    pub fn new(
        merchant: Merchant,
        by_serial_number: bool,
        encrypted_types: BTreeMap<String, String>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, StartError> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(WHOLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // A kept connection that the gateway has closed meanwhile would look like a lost answer.
            .pool_max_idle_per_host(0)
            .no_proxy();
        if !merchant.dialect.base_url.starts_with("https:") {
            // A gateway on this machine needs no certificates, and a bare system has none.
            builder = builder.tls_certs_only([]);
        }
        let endpoints = BTreeMap::new();
        Ok(Self { merchant, endpoints, by_serial_number, encrypted_types, http: builder.build()?, metrics })
    }

    /// With the endpoint of each currency. An order without one is asked for at the merchant's own.
    #[must_use]
    pub fn with_endpoints(self, endpoints: BTreeMap<Currency, String>) -> Self {
        Self { endpoints, ..self }
    }

    /// The merchant where the order is, whatever today's settings say of its currency.
    fn merchant_of(&self, order: &Order) -> Merchant {
        match order.endpoint.as_str() {
            "" => self.merchant.clone(),
            endpoint => self.merchant_at(endpoint),
        }
    }

    fn merchant_at(&self, endpoint: &str) -> Merchant {
        Merchant { endpoint: endpoint.to_owned(), ..self.merchant.clone() }
    }

    async fn send(&self, call: &'static str, request: Request) -> Result<Reply, Silence> {
        self.send_for(call, request, LONGEST_BODY).await
    }

    /// The same for an answer of so many bytes.
    async fn send_for(&self, call: &'static str, request: Request, longest: usize) -> Result<Reply, Silence> {
        let method = if request.method == "GET" { Method::GET } else { Method::POST };
        let mut builder = self.http.request(method, &request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if self.merchant.dialect.send_traceparent
            && let Some(parent) = current::traceparent()
        {
            builder = builder.header(TraceParent::HEADER, parent.header());
        }
        let length = request.body.len();
        // The body overwrites itself once it has gone out.
        let sent = builder.body(Bytes::from_owner(request.body)).send().await;
        let reply = match sent {
            Ok(response) => read(response, longest).await,
            Err(error) if error.is_builder() => Err(Silence::NotMade),
            Err(error) if error.is_connect() => Err(Silence::NoConnection),
            Err(_) => Err(Silence::Lost),
        };
        let code = reply.as_ref().ok().map(|reply| reply.code);
        tracing::debug!(call, ?code, silence = ?reply.as_ref().err(), "gateway called");
        let ended = match &reply {
            Ok(reply) if reply.code == 403 => Reached::Refused,
            Ok(_) => Reached::Reachable,
            Err(Silence::Lost) => Reached::Silent,
            Err(Silence::NoConnection | Silence::NotMade) => Reached::Unreachable,
        };
        let said = reply.as_ref().ok();
        self.metrics.gateway_called(ended, said.and_then(|reply| reply.clock_ahead));
        current::gateway_said(length, said.map(|reply| reply.body.len()), || match &reply {
            Ok(reply) => traced(reply),
            Err(silence) => CallAnswer { said: Word::new(silence.word()), ..CallAnswer::default() },
        });
        reply
    }

    /// Only families that are configured are let in, so a payment without a name is yesterday's.
    fn encrypted_type(&self, order: &Order) -> Result<&str, Silence> {
        self.encrypted_types.get(&order.terms.reader.family).map(String::as_str).ok_or(Silence::NotMade)
    }

    async fn pay(&self, order: &Order, card: &EncryptedData) -> Result<Submission, Silence> {
        let terms = &order.terms;
        let data = paynet::EncryptedData::from_hex(card.expose()).map_err(|_| Silence::NotMade)?;
        let payment = paynet::Payment {
            client_orderid: terms.attempt.as_str(),
            amount: wire_amount(terms.amount)?,
            description: terms.description.as_deref(),
            reference: terms.reference.as_deref(),
            email: terms.email.as_deref(),
            encrypted_type: self.encrypted_type(order)?,
            encrypted_data: &data,
        };
        let request = match terms.kind {
            Kind::Sale => self.merchant_of(order).sale(&payment, &stamp()?),
            Kind::Preauth => self.merchant_of(order).preauth(&payment, &stamp()?),
        };
        Ok(submission(&self.send("pay", request).await?, order, &self.merchant.dialect))
    }

    async fn status(&self, order: &Order) -> Result<Answer, Silence> {
        let serial_number = order.followed_serial_number().filter(|_| self.by_serial_number);
        let question = paynet::Order {
            client_orderid: order.terms.attempt.as_str(),
            orderid: order.order_id.as_deref(),
            serial_number,
        };
        let request = self.merchant_of(order).status(&question, &stamp()?);
        Ok(answer(&self.send("status", request).await?, order, &self.merchant.dialect))
    }

    async fn advice(&self, order: &Order, card: &EncryptedData) -> Result<bool, Silence> {
        let Some(orderid) = &order.order_id else { return Ok(false) };
        let data = paynet::EncryptedData::from_hex(card.expose()).map_err(|_| Silence::NotMade)?;
        let advice = paynet::Advice {
            orderid,
            client_orderid: order.terms.attempt.as_str(),
            encrypted_type: self.encrypted_type(order)?,
            encrypted_data: &data,
        };
        let reply = self.send("advice", self.merchant_of(order).advice(&advice, &stamp()?)).await?;
        Ok(matches!(submission(&reply, order, &self.merchant.dialect), Submission::Accepted { .. }))
    }

    async fn transactions(&self, from: u64, to: u64) -> Result<Vec<Row>, ReportFailure> {
        let period = Period { from: date_and_time(from), to: date_and_time(to) };
        // How a list of endpoints is written is not documented: one question each.
        let own = [self.merchant.endpoint.as_str()];
        let all: BTreeSet<&str> = self.endpoints.values().map(String::as_str).chain(own).collect();
        let mut rows = Vec::new();
        for endpoint in all {
            let stamp = stamp().map_err(|_| ReportFailure::Silent)?;
            let request = self.merchant_at(endpoint).transaction_report(&period, &stamp);
            let reply = self.send_for("report", request, LONGEST_REPORT).await;
            let reply = reply.map_err(|_| ReportFailure::Silent)?;
            if reply.code != 200 {
                return Err(ReportError::Http(reply.code).into());
            }
            rows.extend(report::read(&reply.body, &self.merchant.dialect.report.columns)?);
        }
        Ok(rows)
    }

    async fn afterwards(&self, order: &Order, later: &Later) -> Result<Submission, Silence> {
        let Some(orderid) = &order.order_id else { return Err(Silence::NotMade) };
        let client_orderid = order.terms.attempt.as_str();
        let amount = later.amount.map(wire_amount).transpose()?;
        let comment = match &later.cause {
            Cause::Asked(asked) => &asked.reason,
            Cause::GiveBack(_) => COMMENT,
        };
        let (merchant, stamp) = (self.merchant_of(order), stamp()?);
        let (call, request) = match later.kind {
            LaterKind::Capture => {
                let capture = paynet::Capture { client_orderid, orderid, amount };
                ("capture", merchant.capture(&capture, &stamp).map_err(|_| Silence::NotMade)?)
            }
            LaterKind::Return => {
                let reversal = paynet::Return { client_orderid, orderid, amount, comment };
                ("return", merchant.reversal(&reversal, &stamp).map_err(|_| Silence::NotMade)?)
            }
            LaterKind::Void => {
                ("void", merchant.void(&paynet::Void { client_orderid, orderid, comment }, &stamp))
            }
        };
        Ok(submission(&self.send(call, request).await?, order, &self.merchant.dialect))
    }
}

impl PaynetGateway {
    async fn close(&self, closing: &Closing) -> Result<settlement::Reply, Silence> {
        let sum = |sum: settlement::Sum| {
            wire_amount(sum.amount).map(|amount| paynet::Sum { count: sum.count, amount })
        };
        let totals =
            paynet::DayTotals { sale: sum(closing.ours.sale)?, reversal: sum(closing.ours.reversal)? };
        let close = paynet::CloseDay { request_id: closing.id.as_str(), totals: Some(totals) };
        let request = self.merchant.close_day(&close, &stamp()?);
        Ok(closing_reply(&self.send("close day", request).await?, closing, &self.merchant.dialect))
    }
}

impl Gateway for PaynetGateway {
    fn endpoint(&self, currency: Currency) -> &str {
        self.endpoints.get(&currency).map_or("", String::as_str)
    }

    fn submit<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, Submission> {
        Box::pin(async move { self.pay(order, card).await.unwrap_or_else(Submission::from) })
    }

    fn ask<'a>(&'a self, order: &'a Order) -> Call<'a, Answer> {
        Box::pin(async move { self.status(order).await.unwrap_or(Answer::Lost) })
    }

    fn advise<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, bool> {
        Box::pin(async move { self.advice(order, card).await.unwrap_or(false) })
    }

    fn later<'a>(&'a self, order: &'a Order, later: &'a Later) -> Call<'a, Submission> {
        Box::pin(async move { self.afterwards(order, later).await.unwrap_or_else(Submission::from) })
    }

    fn close_day<'a>(&'a self, closing: &'a Closing) -> Call<'a, settlement::Reply> {
        Box::pin(async move { self.close(closing).await.unwrap_or_else(settlement::Reply::from) })
    }

    fn connect(&self) -> Call<'_, bool> {
        Box::pin(can_connect(&self.merchant.dialect.base_url))
    }

    fn report(&self, from: u64, to: u64) -> Call<'_, Result<Vec<Row>, ReportFailure>> {
        Box::pin(self.transactions(from, to))
    }
}

impl From<Silence> for settlement::Reply {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::NotMade => {
                let message = Some("This proxy could not make the request.".to_owned());
                Self::Refused(Reason { code: None, message })
            }
            Silence::NoConnection => Self::NoConnection,
            Silence::Lost => Self::Lost,
        }
    }
}

impl From<Silence> for Submission {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::NotMade => {
                let message = Some("This proxy could not make the request.".to_owned());
                Self::Refused(NotCharged::NeverSent, Reason { code: None, message })
            }
            Silence::NoConnection => Self::NoConnection,
            Silence::Lost => Self::Lost,
        }
    }
}

async fn read(mut response: reqwest::Response, longest: usize) -> Result<Reply, Silence> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let mut reply = Reply {
        code: response.status().as_u16(),
        error_message: header("error-message").map(str::to_owned),
        clock_ahead: header("date").and_then(clock::ahead_of),
        body: vec![],
    };
    while let Some(chunk) = response.chunk().await.map_err(|_| Silence::Lost)? {
        reply.body.extend_from_slice(&chunk);
        if reply.body.len() > longest {
            return Err(Silence::Lost);
        }
    }
    Ok(reply)
}

fn stamp() -> Result<Stamp, Silence> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|_| Silence::NotMade)?;
    Ok(Stamp { nonce: hex::encode(nonce), timestamp: clock::unix_ms() / 1_000 })
}

fn wire_amount(amount: Amount) -> Result<paynet::Amount, Silence> {
    let currency = amount.currency.code().parse().map_err(|_| Silence::NotMade)?;
    Ok(paynet::Amount { minor: amount.minor, exponent: amount.currency.exponent(), currency })
}
