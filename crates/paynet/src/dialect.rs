//! Names, paths and habits of one installation of the gateway.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Currency;

/// Everything that public documents leave open or say may change, with the vendor client's values as default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialect {
    /// Host and base path, no `/` at the end. Documented: `https://sandbox.payneteasy.com/paynet`,
    /// `https://gate.payneteasy.com/paynet` and the same under `.eu`; white labels use other paths.
    pub base_url: String,
    /// Path of each call under the base, without the endpoint.
    pub paths: Paths,
    /// Names of the reader's fields. Inferred from the vendor's client: the public table ends before them.
    pub names: ReaderFields,
    /// Values of the fields that a till does not know. Defaults are the vendor client's.
    pub payer: Payer,
    /// Where the shop's own reference of an order goes.
    pub reference: Reference,
    /// Value of `sdk-version` and of the header `Reader-Lib-Version`; empty leaves both out.
    pub sdk_version: String,
    /// Adds an OAuth header to status and return, as the vendor's client does. The documents ask for `control` only.
    pub oauth_everywhere: bool,
    /// Digits behind the point of amounts in `control` strings, by currency, where it is not two. The vendor's own
    /// libraries multiply every currency by 100; whether the gateway does is not documented.
    pub control_exponents: BTreeMap<String, u8>,
    /// Whether each value of a reply ends with LF, as documented. Without it a cut-off reply cannot be told from a
    /// whole one by its end.
    pub values_end_with_lf: bool,
    /// Part of the `error-message` that says that a client_orderid is taken. Inferred: the wording is not public.
    pub duplicate_order_text: String,
    /// Sends the header `traceparent` with each call about an order, so that the gateway's log and ours name it alike. Off:
    /// no document says what becomes of a header that the gateway does not know.
    pub send_traceparent: bool,
    /// The transaction report.
    pub report: Report,
    /// Closing the day.
    pub close_day: CloseDay,
}

impl Dialect {
    /// Digits behind the point of an amount in `control` strings.
    #[must_use]
    pub fn control_exponent(&self, currency: Currency) -> u8 {
        self.control_exponents.get(currency.as_str()).copied().unwrap_or(2)
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            base_url: "https://sandbox.payneteasy.com/paynet".into(),
            paths: Paths::default(),
            names: ReaderFields::default(),
            payer: Payer::default(),
            reference: Reference::default(),
            sdk_version: env!("CARGO_PKG_VERSION").into(),
            oauth_everywhere: false,
            control_exponents: BTreeMap::new(),
            values_end_with_lf: true,
            duplicate_order_text: "already used".into(),
            send_traceparent: false,
            report: Report::default(),
            close_day: CloseDay::default(),
        }
    }
}

/// Path of each call under the base URL; `/` and the endpoint follow.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paths {
    /// Sale. Documented.
    pub sale: String,
    /// Preauth. Documented.
    pub preauth: String,
    /// EMV final advice. Seen in the vendor's client only.
    pub advice: String,
    /// Status. Documented.
    pub status: String,
    /// Capture. Documented.
    pub capture: String,
    /// Void. Documented.
    pub void: String,
    /// Return. Documented; the word is reserved in Rust.
    #[serde(rename = "return")]
    pub reversal: String,
    /// Close day. Documented.
    pub close_day: String,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            sale: "mapi/v1/sale".into(),
            preauth: "mapi/v1/preauth".into(),
            advice: "mapi/v1/emv-advice".into(),
            status: "api/v2/status".into(),
            capture: "api/v2/capture".into(),
            void: "api/v2/void".into(),
            reversal: "api/v2/return".into(),
            close_day: "api/v2/close-day".into(),
        }
    }
}

/// Names of the fields that carry what a reader read, as the vendor's client writes them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReaderFields {
    /// Hex of the reader's TLV.
    pub encrypted_data: String,
    /// Reader family.
    pub encrypted_type: String,
    /// Device that the reader hangs on.
    pub phone_id: String,
    /// Version of the client's software.
    pub sdk_version: String,
}

impl Default for ReaderFields {
    fn default() -> Self {
        Self {
            encrypted_data: "encrypted-data".into(),
            encrypted_type: "encrypted-type".into(),
            phone_id: "phone-id".into(),
            sdk_version: "sdk-version".into(),
        }
    }
}

/// Mandatory fields about a payer whom nobody asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Payer {
    /// `order_desc` of a sale without a description.
    pub order_desc: String,
    /// `address1`.
    pub address1: String,
    /// `city`.
    pub city: String,
    /// `zip_code`.
    pub zip_code: String,
    /// `country`, two letters.
    pub country: String,
    /// `phone`. The vendor's client sends its device id.
    pub phone: String,
    /// `email` of a sale without one. The vendor's client sends `v-` and its version.
    pub email: String,
    /// `ipaddress`.
    pub ipaddress: String,
    /// `phone-id`: a UUID for this till.
    pub phone_id: String,
}

impl Default for Payer {
    fn default() -> Self {
        let device = "00000000-0000-0000-0000-000000000000";
        Self {
            order_desc: "no-description".into(),
            address1: "no-address".into(),
            city: "Moscow".into(),
            zip_code: "123000".into(),
            country: "RU".into(),
            phone: device.into(),
            email: concat!("v-", env!("CARGO_PKG_VERSION")).into(),
            ipaddress: "127.0.0.1".into(),
            phone_id: device.into(),
        }
    }
}

/// Where the shop's own reference of an order goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// Into `merchant_data`, as the vendor's client sends a text that the app sets; it comes back in callbacks. That a sale
    /// with a reader takes it is inferred.
    #[default]
    MerchantData,
    /// In front of the description, in `order_desc`.
    OrderDesc,
    /// Nowhere: the gateway does not hear of it.
    Nowhere,
}

/// Where the transaction report is, and what its columns are called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// Path under the gateway's host. Documented; not under the base path of the other calls.
    pub path: String,
    /// Names of the columns that are read. Not documented: by default the status answer's names for the same facts.
    pub columns: Columns,
}

impl Default for Report {
    fn default() -> Self {
        Self { path: "/paynet-ui/services/transaction-report".into(), columns: Columns::default() }
    }
}

/// Names in the report's first line. Other columns are not read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Columns {
    /// The gateway's id of the order.
    pub orderid: String,
    /// The merchant's id of the order.
    pub client_orderid: String,
    /// `sale`, `reversal`, `chargeback`, …
    pub transaction_type: String,
    /// `approved`, `declined`, …
    pub status: String,
    /// Major units.
    pub amount: String,
    /// ISO 4217 alpha-3 code.
    pub currency: String,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            orderid: "paynet-order-id".into(),
            client_orderid: "merchant-order-id".into(),
            transaction_type: "transaction-type".into(),
            status: "status".into(),
            amount: "amount".into(),
            currency: "currency".into(),
        }
    }
}

/// What the answer to a closing of the day means where the documents do not say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CloseDay {
    /// Whether the merchant's own totals are sent for comparison. What the gateway does where they differ is not
    /// documented.
    pub send_totals: bool,
    /// The bank's codes (field 39) that mean that it agrees. Not documented; `00` is common use of ISO 8583.
    pub good_codes: Vec<String>,
    /// Words of `status` that mean so where there is no code, in small letters. Not documented.
    pub good_statuses: Vec<String>,
    /// Part of the `error-message` that says that a request id was used before. Inferred: the wording is not public.
    pub duplicate_text: String,
}

impl Default for CloseDay {
    fn default() -> Self {
        Self {
            send_totals: true,
            good_codes: vec!["00".into()],
            good_statuses: vec!["approved".into(), "closed".into()],
            duplicate_text: "already used".into(),
        }
    }
}
