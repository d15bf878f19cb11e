//! The settings file, and the secrets that stand beside it.

use crate::books::daily::Daily;
use crate::guard::{Origin, TillToken};
use crate::keep::Keep;
use crate::page;
use crate::settlement::CloseDaySettings;
use crate::staff;
use language::Language;
use payment::{
    api,
    money::{Amount, Currency},
    order::Rules,
    pin::Pin,
    role::{Right, Rights, Role},
};
use paynet::{ControlKey, Dialect, Login};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Environment variable that holds the control key when no file is named.
pub const CONTROL_KEY: &str = "MPOS_CONTROL_KEY";
/// Environment variable that holds the till token when no file is named.
pub const TILL_TOKEN: &str = "MPOS_TILL_TOKEN";

/// Everything that one proxy is told, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file's content.
    pub settings: Settings,
    /// Signs for the merchant.
    pub control_key: ControlKey,
    /// What a till shows once to be let in; none on loopback.
    pub till_token: Option<TillToken>,
    /// What the till may do.
    pub limits: Limits,
}

/// The settings file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the page and its calls are served. Port 0 lets the system choose.
    #[serde(default = "page_address")]
    pub listen: SocketAddr,
    /// Where health, metrics and the API's description are served.
    #[serde(default = "operations_address")]
    pub operations_listen: SocketAddr,
    /// Where the gateway's callbacks arrive; nothing else is served there.
    pub callback_listen: Option<SocketAddr>,
    /// Origins of the page, as `https://till.shop.example`. By default the loopback names with the port of `listen`.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// The folder of the built page; may be missing where the program has the page inside.
    pub page: Option<PathBuf>,
    /// The SQLite file; made with mode 0600 where it is missing.
    pub database: PathBuf,
    /// A reverse proxy in front of `listen` speaks TLS with the till.
    #[serde(default)]
    pub trusted_proxy: bool,
    /// The certificate to speak TLS with.
    pub tls: Option<Tls>,
    /// The file that holds the till token; else [`TILL_TOKEN`].
    pub till_token_file: Option<PathBuf>,
    /// What the till is.
    pub till: Till,
    /// The shop, for its receipts and its staff.
    pub merchant: Merchant,
    /// The gateway.
    pub gateway: Gateway,
    /// Limits below those of the endpoints.
    #[serde(default)]
    pub limits: Most,
    /// Intervals and limits of following an order; `attended` among them.
    #[serde(default)]
    pub rules: Rules,
    /// PINs and sessions of the people at the till.
    #[serde(default)]
    pub operators: staff::Rules,
    /// The least role that has a right, where that is not the default's.
    #[serde(default)]
    pub rights: BTreeMap<Right, Role>,
    /// When the books are compared with the gateway's.
    #[serde(default)]
    pub reconcile: Daily,
    /// How the day is closed at the gateway.
    #[serde(default)]
    pub close_day: CloseDaySettings,
    /// How long customers' data stays.
    #[serde(default)]
    pub keep: Keep,
}

/// Our own certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file of the certificate and its chain.
    pub certificate: PathBuf,
    /// PEM file of its private key.
    pub key: PathBuf,
}

/// The till behind this proxy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Till {
    /// Its name, for people.
    pub name: String,
    /// The reader families that may take cards here, each with the gateway's name for what it encrypts. By default the
    /// one that the gateway's documents name.
    #[serde(default = "documented_readers")]
    pub readers: BTreeMap<String, String>,
    /// Whether preauthorisations are offered.
    #[serde(default)]
    pub preauth: bool,
    /// Sales are taken without anybody signed in. By default only by a kiosk, which has nobody (`rules.attended`).
    pub open: Option<bool>,
    /// How amounts are keyed.
    #[serde(default)]
    pub keying: api::Keying,
}

/// The shop: texts on its receipts, and its language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merchant {
    /// Name of the shop.
    pub name: String,
    /// Address, one line.
    #[serde(default)]
    pub address: String,
    /// Tax id.
    #[serde(default)]
    pub tax_id: String,
    /// Last line of a receipt.
    #[serde(default)]
    pub footer: String,
    /// Of receipts, unless another is chosen for one, and of everything that is written down for staff: notices, and the
    /// steps of a payment. English by default.
    #[serde(default = "english", deserialize_with = "language_of_code")]
    pub language: Language,
}

/// The most that one payment may be, in minor units by currency, where that is less than the endpoint's own limit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Most {
    /// Whoever takes it.
    pub till: BTreeMap<Currency, u64>,
    /// Taken by a cashier.
    pub cashier: BTreeMap<Currency, u64>,
    /// Taken by a supervisor.
    pub supervisor: BTreeMap<Currency, u64>,
    /// Taken by a manager.
    pub manager: BTreeMap<Currency, u64>,
}

/// One more place at the gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// ENDPOINTID.
    pub endpoint: String,
    /// Its currency, ISO 4217.
    pub currency: Currency,
    /// The most that one payment may be, in minor units.
    pub limit_minor: u64,
}

/// The gateway and who we are there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Host and base path, as `https://sandbox.payneteasy.com/paynet`.
    pub url: String,
    /// Merchant login.
    pub login: Login,
    /// ENDPOINTID. An endpoint has one currency.
    pub endpoint: String,
    /// The file that holds the control key; else [`CONTROL_KEY`].
    pub control_key_file: Option<PathBuf>,
    /// No money moves there.
    #[serde(default)]
    pub sandbox: bool,
    /// The endpoint's currency, ISO 4217.
    pub currency: Currency,
    /// The most that one payment may be, in minor units.
    pub limit_minor: u64,
    /// Endpoints of other currencies, which the till offers beside the first. Nothing is ever converted.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
    /// Ask for the sale's own transaction (`by-request-sn`) instead of the order's latest. Off by default: with it, one
    /// white label reports the amount that was asked for where less was approved.
    #[serde(default)]
    pub ask_by_serial_number: bool,
    /// Names, paths and habits of this gateway. Its `base_url` is `url`.
    #[serde(default)]
    pub dialect: Dialect,
}

/// What a payment must fit to be taken.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The most that a payment may be at each endpoint, that of the till's first one first.
    endpoints: Vec<Amount>,
    below: Most,
    /// Reader families that may take cards.
    pub readers: BTreeMap<String, String>,
    /// Whether preauthorisations are offered.
    pub preauth: bool,
    /// No money moves, so that an emulated reader may be used.
    pub sandbox: bool,
}

/// The operator's mistake, with the place to mend.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("configuration: {key}: cannot read {path}: {source}")]
    File {
        /// The setting that names it, or `--config`.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key or a value of the wrong kind. The line itself is not repeated: it may hold a secret
    /// that was put into the wrong place.
    #[error("configuration: {path}, line {line}: {message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A value that cannot be.
    #[error("configuration: {key}: {why}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl Config {
    /// Reads the file at `path` and the secrets beside it. `env` looks up an environment variable.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting that is wrong.
    pub fn load(path: &Path, env: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut settings = Settings::read(path)?;
        let secret = |key, path: &Option<PathBuf>, variable| match path {
            Some(path) => file(key, path).map(|text| Some(Zeroizing::new(text))),
            None => Ok(env(variable).map(Zeroizing::new)),
        };
        let key = "gateway.control_key_file";
        let control_key = secret(key, &settings.gateway.control_key_file, CONTROL_KEY)?
            .ok_or_else(|| wrong(key, format!("not set, and {CONTROL_KEY} is not set either")))?;
        let control_key =
            ControlKey::try_from(control_key.trim().to_owned()).map_err(|e| wrong(key, e.to_string()))?;
        let key = "till_token_file";
        let till_token = secret(key, &settings.till_token_file, TILL_TOKEN)?
            .map(|text| TillToken::new(text.trim()).map_err(|e| wrong(key, e.to_string())))
            .transpose()?;
        settings.check(till_token.is_some())?;
        settings.gateway.dialect.base_url.clone_from(&settings.gateway.url);
        let limits = Limits {
            endpoints: settings.gateway.all().map(|e| Amount::new(e.limit_minor, e.currency)).collect(),
            below: settings.limits.clone(),
            readers: settings.till.readers.clone(),
            preauth: settings.till.preauth,
            sandbox: settings.gateway.sandbox,
        };
        Ok(Self { settings, control_key, till_token, limits })
    }
}

impl Limits {
    /// The currency of the till's first endpoint.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.endpoints.first().map(|most| most.currency)
    }

    /// The most that one payment may be, one amount a currency, that of the till's first endpoint first: the least of what
    /// the endpoint, the till and the role of whoever takes it allow. Without a role the till's own limit holds.
    #[must_use]
    pub fn most(&self, role: Option<Role>) -> Vec<Amount> {
        let of_role = role.map(|role| match role {
            Role::Cashier => &self.below.cashier,
            Role::Supervisor => &self.below.supervisor,
            Role::Manager => &self.below.manager,
        });
        let least = |most: &Amount| {
            let below = [Some(&self.below.till), of_role].into_iter().flatten();
            let minor = below.filter_map(|limits| limits.get(&most.currency).copied()).min();
            Amount::new(minor.map_or(most.minor, |minor| minor.min(most.minor)), most.currency)
        };
        self.endpoints.iter().map(least).collect()
    }
}

impl Merchant {
    /// What a page needs of it.
    #[must_use]
    pub fn texts(&self) -> api::Merchant {
        let Self { name, address, tax_id, footer, language } = self.clone();
        api::Merchant { name, address, tax_id, footer, language: language.code().to_owned() }
    }
}

impl Gateway {
    /// Every endpoint, the first one first.
    pub fn all(&self) -> impl Iterator<Item = Endpoint> {
        let Self { endpoint, currency, limit_minor, .. } = self;
        let first = Endpoint { endpoint: endpoint.clone(), currency: *currency, limit_minor: *limit_minor };
        std::iter::once(first).chain(self.endpoints.iter().cloned())
    }
}

impl Settings {
    /// Reads the file at `path` alone. What it says is checked by [`Config::load`].
    ///
    /// # Errors
    /// [`ConfigError`] names the place that is wrong.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = file("--config", path)?;
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            ConfigError::Syntax { path: path.into(), line, message: error.message().to_owned() }
        })
    }

    fn check(&self, has_token: bool) -> Result<(), ConfigError> {
        let url = reqwest::Url::parse(&self.gateway.url).map_err(|e| wrong("gateway.url", e.to_string()))?;
        let is_loopback = match url.host_str() {
            Some("localhost") => true,
            Some(host) => {
                host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback) {
            return Err(wrong("gateway.url", "must be https unless the gateway is on this machine"));
        }
        if self.page.is_none() && !page::IS_BUILT_IN {
            return Err(wrong("page", "is missing, and this program has no page inside"));
        }
        self.check_endpoints()?;
        if self.close_day.needed && !self.gateway.endpoints.is_empty() {
            return Err(wrong("close_day.needed", "the day of several endpoints cannot be closed yet"));
        }
        let staff::Rules { pin_digits, manager_pin_digits, idle_s } = self.operators;
        let fits = |digits: u32| {
            usize::try_from(digits).is_ok_and(|digits| (Pin::SHORTEST..=Pin::LONGEST).contains(&digits))
        };
        if !fits(pin_digits) || !fits(manager_pin_digits) {
            return Err(wrong(
                "operators",
                format!("a PIN has {} to {} digits", Pin::SHORTEST, Pin::LONGEST),
            ));
        }
        if !(30..=86_400).contains(&idle_s) {
            return Err(wrong("operators.idle_s", "must be from 30 to 86400"));
        }
        Rights::with(&self.rights).map_err(|e| wrong("rights", e.to_string()))?;
        if !self.listen.ip().is_loopback() {
            if !has_token {
                return Err(wrong("listen", "an address beyond loopback needs till_token_file"));
            }
            if self.tls.is_none() && !self.trusted_proxy {
                return Err(wrong("listen", "an address beyond loopback needs tls or trusted_proxy"));
            }
            if self.origins.is_empty() {
                return Err(wrong("origins", "an address beyond loopback needs the page's origins"));
            }
        }
        Ok(())
    }

    /// Whether sales are taken without anybody signed in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.till.open.unwrap_or(!self.rules.attended)
    }

    fn check_endpoints(&self) -> Result<(), ConfigError> {
        let is_amount = |minor: u64| (1..=Amount::MAX_MINOR).contains(&minor);
        let too_much = || format!("must be from 1 to {}", Amount::MAX_MINOR);
        let mut currencies = BTreeSet::new();
        for Endpoint { endpoint, currency, limit_minor } in self.gateway.all() {
            if !is_amount(limit_minor) {
                return Err(wrong("gateway.limit_minor", too_much()));
            }
            if endpoint.is_empty() || !endpoint.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(wrong("gateway.endpoint", "must be letters and digits"));
            }
            if !currencies.insert(currency) {
                return Err(wrong("gateway.endpoints", format!("two endpoints take {currency}")));
            }
        }
        let Most { till, cashier, supervisor, manager } = &self.limits;
        for (currency, minor) in [till, cashier, supervisor, manager].into_iter().flatten() {
            if !is_amount(*minor) {
                return Err(wrong("limits", too_much()));
            }
            if !currencies.contains(currency) {
                return Err(wrong("limits", format!("no endpoint takes {currency}")));
            }
        }
        let keying = &self.till.keying;
        if let Some(preset) = keying.presets.iter().find(|preset| !currencies.contains(&preset.currency)) {
            return Err(wrong("till.keying", format!("no endpoint takes {}", preset.currency)));
        }
        if keying.presets.iter().any(|preset| !is_amount(preset.minor)) {
            return Err(wrong("till.keying", "a preset is no amount"));
        }
        if keying.tips.iter().any(|percent| !(1..=50).contains(percent)) {
            return Err(wrong("till.keying", "tips must be from 1 to 50 percent"));
        }
        Ok(())
    }

    /// The page's origins once the port of `listen` is known.
    #[must_use]
    pub fn origins(&self, port: u16) -> Vec<Origin> {
        if !self.origins.is_empty() {
            return self.origins.clone();
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        ["localhost", "127.0.0.1"].iter().map(|host| Origin::new(scheme, host, port)).collect()
    }
}

fn file(key: &'static str, path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::File { key, path: path.into(), source })
}

fn wrong(key: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Value { key, why: why.into() }
}

fn english() -> Language {
    Language::English
}

fn language_of_code<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Language, D::Error> {
    let code = String::deserialize(from)?;
    let codes = || Language::ALL.map(Language::code).join(", ");
    Language::from_code(&code)
        .ok_or_else(|| serde::de::Error::custom(format!("a language is one of {}", codes())))
}

fn page_address() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))
}

fn operations_address() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 8081))
}

fn documented_readers() -> BTreeMap<String, String> {
    BTreeMap::from([("miura".to_owned(), "miura".to_owned())])
}
