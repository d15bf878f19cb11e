//! The sandbox gateway and its control API, which counts.

use crate::process::Process;
use crate::{folder, until};
use serde::Deserialize;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Opens nothing but the sandbox gateways that scenarios start.
pub const CONTROL_KEY: &str = "6E1B0D7C-93A5-4F28-B1C4-52D08A7F3E96";
pub(crate) const LOGIN: &str = "e2e-merchant";
pub(crate) const ENDPOINT: &str = "1111";
pub(crate) const CURRENCY: &str = "EUR";

/// How long an order may take to come to a stage.
const LIMIT: Duration = Duration::from_secs(20);

/// A sandbox gateway, running.
pub struct Gateway {
    /// `None` once it is stopped.
    process: Option<Process>,
    arguments: Vec<OsString>,
    folder: PathBuf,
    /// `http://HOST:PORT`
    pub address: String,
}

/// What happened at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ledger {
    /// Its orders, oldest first.
    pub orders: Vec<Order>,
    /// How many of them took or reserved money.
    pub charges: u64,
    /// Minor units taken or reserved.
    pub charged: u64,
    /// Minor units given back.
    pub returned: u64,
    /// The days that were closed.
    pub closings: Vec<Closing>,
}

/// A day that the gateway closed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Closing {
    /// The id of the request.
    pub id: String,
    /// How often it was sent.
    pub requests: u64,
    /// How many sales there were.
    pub sale_count: u64,
    /// Over how many minor units.
    pub sale_sum: u64,
}

/// One order at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// The attempt's id.
    pub client_orderid: String,
    /// Where it is.
    pub endpoint: String,
    /// Its currency.
    pub currency: String,
    /// What the merchant had sent back with callbacks.
    pub merchant_data: String,
    /// `sale` or `preauth`.
    pub kind: String,
    /// How the card was read, as the gateway decrypted it.
    pub entry: String,
    /// The status.
    pub status: String,
    /// The stage.
    pub stage: String,
    /// Minor units.
    pub charged: u64,
    /// What the card said: `approved` or `declined`.
    pub advice: Option<String>,
    /// How often a sale or preauth of this id was sent.
    pub sale_requests: u64,
    /// How many returns there are.
    pub returns: u64,
}

impl Gateway {
    /// One that calls back there. With `lasting` it writes down what it hears, and so outlives a kill.
    pub async fn start(folder: &Path, callbacks: Option<SocketAddr>, lasting: bool) -> Self {
        let arguments = ["--login", LOGIN, "--endpoint", ENDPOINT, "--currency", CURRENCY];
        // A second endpoint, for shops whose proxy is told of it.
        let arguments = [&arguments[..], &["--also", "2222=USD"]].concat();
        let mut arguments = arguments.into_iter().map(OsString::from).collect::<Vec<_>>();
        if let Some(address) = callbacks {
            arguments.extend(["--callback-url".into(), format!("http://{address}/callback").into()]);
        }
        if lasting {
            arguments.extend(["--record".into(), folder.join("gateway.record").into()]);
        }
        let (folder, address) = (folder.to_path_buf(), "http://127.0.0.1:0".to_owned());
        let mut gateway = Self { process: None, arguments, folder, address };
        gateway.run().await;
        gateway.play(&json!({ "processing_ms": 300 }));
        gateway
    }

    /// Starts it again, on the same port.
    pub async fn run(&mut self) {
        let mut command = Command::new(folder::program("mpos-gateway-sim"));
        command.arg("--listen").arg(self.address.trim_start_matches("http://")).args(&self.arguments);
        command.env("MPOS_GATEWAY_SIM_CONTROL_KEY", CONTROL_KEY);
        let mut process = Process::start("gateway", &mut command, &self.folder);
        self.address = process.said("listening on ").await;
        self.process = Some(process);
    }

    /// Ends it as a power cut does; its port refuses from here on.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Changes the settings that are named.
    pub fn play(&self, settings: &Value) {
        self.control("settings", settings);
    }

    /// Moves the clock of orders on.
    pub fn advance_clock(&self, ms: u64) {
        self.control("clock", &json!({ "advance_ms": ms }));
    }

    /// What happened so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let mut answer =
            ureq::get(format!("{}/control/orders", self.address)).call().expect("the gateway runs");
        let text = answer.body_mut().read_to_string().expect("a text");
        serde_json::from_str(&text).expect("the control API's JSON")
    }

    /// Waits until an order is at this stage.
    pub async fn see_stage(&self, stage: &str) {
        let reached = until(LIMIT, async || {
            self.ledger().orders.iter().any(|order| order.stage == stage).then_some(())
        });
        assert!(reached.await.is_some(), "no order came to {stage}: {:?}", self.ledger());
    }

    fn control(&self, call: &str, body: &Value) {
        ureq::post(format!("{}/control/{call}", self.address))
            .send(body.to_string())
            .unwrap_or_else(|error| panic!("the gateway refused {body}: {error}"));
    }
}
