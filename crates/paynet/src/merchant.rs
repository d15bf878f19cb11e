//! One merchant at one endpoint: the maker of requests.

use crate::close_day::{CloseDay, DayTotals};
use crate::dialect::{Dialect, Reference};
use crate::oauth::{self, Stamp};
use crate::report::Period;
use crate::{
    Advice, Amount, AmountError, Capture, ControlKey, Fields, Login, Order, Payment, Request, Return, Void,
    control,
};

/// Everything that a request is signed and addressed with. An endpoint has one currency.
#[derive(Clone, Debug)]
pub struct Merchant {
    /// Merchant login.
    pub login: Login,
    /// Control key.
    pub key: ControlKey,
    /// ENDPOINTID.
    pub endpoint: String,
    /// Names and paths.
    pub dialect: Dialect,
}

impl Merchant {
    /// `POST /mapi/v1/sale/ENDPOINTID`.
    #[must_use]
    pub fn sale(&self, sale: &Payment<'_>, stamp: &Stamp) -> Request {
        self.signed(&self.dialect.paths.sale, &self.payment(sale), stamp)
    }

    /// `POST /mapi/v1/preauth/ENDPOINTID`. That it takes the same reader fields as a sale is inferred.
    #[must_use]
    pub fn preauth(&self, preauth: &Payment<'_>, stamp: &Stamp) -> Request {
        self.signed(&self.dialect.paths.preauth, &self.payment(preauth), stamp)
    }

    /// `POST /mapi/v1/emv-advice/ENDPOINTID`, known from the vendor's client only.
    #[must_use]
    pub fn advice(&self, advice: &Advice<'_>, stamp: &Stamp) -> Request {
        let names = &self.dialect.names;
        let form = [
            ("orderid", advice.orderid),
            ("client_orderid", advice.client_orderid),
            ("login", self.login.as_str()),
            (&names.encrypted_type, advice.encrypted_type),
            (&names.encrypted_data, advice.encrypted_data.as_hex()),
        ];
        self.signed(&self.dialect.paths.advice, &form.into_iter().collect(), stamp)
    }

    /// `POST /api/v2/status/ENDPOINTID`.
    #[must_use]
    pub fn status(&self, order: &Order<'_>, stamp: &Stamp) -> Request {
        let orderid = order.orderid.unwrap_or_default();
        let control = control::status(&self.login, order.client_orderid, orderid, &self.key);
        let mut form = Fields::default();
        form.push("login", self.login.as_str());
        form.push("client_orderid", order.client_orderid);
        form.extend("orderid", order.orderid);
        form.extend("by-request-sn", order.serial_number);
        form.push("control", control);
        self.controlled(&self.dialect.paths.status, &form, stamp)
    }

    /// `POST /api/v2/capture/ENDPOINTID`.
    ///
    /// # Errors
    /// [`AmountError`] if the amount cannot be written with the digits that `control` has for its currency.
    pub fn capture(&self, capture: &Capture<'_>, stamp: &Stamp) -> Result<Request, AmountError> {
        let (form, control) = self.part(capture.client_orderid, capture.orderid, capture.amount)?;
        Ok(self.later(&self.dialect.paths.capture, form, None, control, stamp))
    }

    /// `POST /api/v2/return/ENDPOINTID`.
    ///
    /// # Errors
    /// [`AmountError`] if the amount cannot be written with the digits that `control` has for its currency.
    pub fn reversal(&self, reversal: &Return<'_>, stamp: &Stamp) -> Result<Request, AmountError> {
        let (form, control) = self.part(reversal.client_orderid, reversal.orderid, reversal.amount)?;
        Ok(self.later(&self.dialect.paths.reversal, form, Some(reversal.comment), control, stamp))
    }

    /// `POST /api/v2/void/ENDPOINTID`.
    #[must_use]
    pub fn void(&self, void: &Void<'_>, stamp: &Stamp) -> Request {
        let form = self.order(void.client_orderid, void.orderid);
        let control = control::status(&self.login, void.client_orderid, void.orderid, &self.key);
        self.later(&self.dialect.paths.void, form, Some(void.comment), control, stamp)
    }

    fn order(&self, client_orderid: &str, orderid: &str) -> Fields {
        let form = [("login", self.login.as_str()), ("client_orderid", client_orderid), ("orderid", orderid)];
        form.into_iter().collect()
    }

    /// All of an order, or a part of it, and the `control` of that.
    fn part(
        &self,
        client_orderid: &str,
        orderid: &str,
        amount: Option<Amount>,
    ) -> Result<(Fields, String), AmountError> {
        let mut form = self.order(client_orderid, orderid);
        let mut signed_amount = None;
        if let Some(amount) = &amount {
            form.push("amount", amount.decimal());
            form.push("currency", amount.currency.as_str());
            let digits = amount.control_digits(self.dialect.control_exponent(amount.currency))?;
            signed_amount = Some((digits, amount.currency.as_str()));
        }
        let control = control::reversal(&self.login, client_orderid, orderid, signed_amount, &self.key);
        Ok((form, control))
    }

    fn later(
        &self,
        path: &str,
        mut form: Fields,
        comment: Option<&str>,
        control: String,
        stamp: &Stamp,
    ) -> Request {
        form.extend("comment", comment);
        form.push("control", control);
        self.controlled(path, &form, stamp)
    }

    /// `POST /api/v2/close-day/ENDPOINTID`, signed with OAuth.
    #[must_use]
    pub fn close_day(&self, close: &CloseDay<'_>, stamp: &Stamp) -> Request {
        let mut form = Fields::default();
        form.push("day_close_request_id", close.request_id);
        if let Some(DayTotals { sale, reversal }) =
            close.totals.filter(|_| self.dialect.close_day.send_totals)
        {
            form.push("sale_approved_count", sale.count.to_string());
            form.push("sale_approved_sum", sale.amount.decimal());
            form.push("reversal_approved_count", reversal.count.to_string());
            form.push("reversal_approved_sum", reversal.amount.decimal());
        }
        self.signed(&self.dialect.paths.close_day, &form, stamp)
    }

    /// `GET /paynet-ui/services/transaction-report`: what the gateway has of this endpoint, as CSV for
    /// [`report::read`](crate::report::read).
    #[must_use]
    pub fn transaction_report(&self, period: &Period, stamp: &Stamp) -> Request {
        let query: Fields = [
            ("createdFromDate", period.from.as_str()),
            ("createdToDate", period.to.as_str()),
            ("endpoints", self.endpoint.as_str()),
        ]
        .into_iter()
        .collect();
        let Dialect { base_url, report, .. } = &self.dialect;
        let url = format!("{}{}?{}", origin(base_url), report.path, *query.encode());
        let signed = oauth::sign("GET", &url, &Fields::default(), &self.login, &self.key, stamp);
        let headers = vec![("Authorization", signed.header)];
        Request { method: "GET", url, headers, body: Fields::default().encode() }
    }

    fn payment(&self, payment: &Payment<'_>) -> Fields {
        let Dialect { names, payer, sdk_version, .. } = &self.dialect;
        let amount = payment.amount.decimal();
        let described = match (self.dialect.reference, payment.reference, payment.description) {
            (Reference::OrderDesc, Some(reference), Some(text)) => format!("{reference} {text}"),
            (Reference::OrderDesc, Some(reference), None) => reference.to_owned(),
            (_, _, text) => text.unwrap_or(&payer.order_desc).to_owned(),
        };
        let mut form: Fields = [
            ("client_orderid", payment.client_orderid),
            ("order_desc", &described),
            ("amount", &amount),
            ("currency", payment.amount.currency.as_str()),
            ("address1", &payer.address1),
            ("city", &payer.city),
            ("zip_code", &payer.zip_code),
            ("country", &payer.country),
            ("phone", &payer.phone),
            ("email", payment.email.unwrap_or(&payer.email)),
            ("ipaddress", &payer.ipaddress),
            (&names.encrypted_type, payment.encrypted_type),
            (&names.encrypted_data, payment.encrypted_data.as_hex()),
            (&names.phone_id, &payer.phone_id),
        ]
        .into_iter()
        .collect();
        let reference = payment.reference.filter(|_| self.dialect.reference == Reference::MerchantData);
        form.extend("merchant_data", reference);
        form.extend(&names.sdk_version, Some(sdk_version.as_str()).filter(|version| !version.is_empty()));
        form
    }

    fn controlled(&self, path: &str, form: &Fields, stamp: &Stamp) -> Request {
        if self.dialect.oauth_everywhere { self.signed(path, form, stamp) } else { self.request(path, form) }
    }

    fn signed(&self, path: &str, form: &Fields, stamp: &Stamp) -> Request {
        let mut request = self.request(path, form);
        let signed = oauth::sign("POST", &request.url, form, &self.login, &self.key, stamp);
        request.headers.push(("Authorization", signed.header));
        request
    }

    fn request(&self, path: &str, form: &Fields) -> Request {
        let Dialect { base_url, sdk_version, .. } = &self.dialect;
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded".to_owned())];
        if !sdk_version.is_empty() {
            headers.push(("Reader-Lib-Version", sdk_version.clone()));
        }
        let url = format!("{}/{path}/{}", base_url.trim_end_matches('/'), self.endpoint);
        Request { method: "POST", url, headers, body: form.encode() }
    }
}

/// Scheme and authority of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    url.get(..end).unwrap_or(url)
}
