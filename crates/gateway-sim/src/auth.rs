//! Whether a request is the merchant's: OAuth for `/mapi/`, `control` for `/api/v2/`.

use std::collections::BTreeSet;

use paynet::oauth::Authorization;
use paynet::{ControlKey, Fields, Login, control};

use crate::http::{Refused, Request};

/// How far a timestamp may be off, seconds. Inferred: the real window is not documented.
const WINDOW: u64 = 300;

/// Nonces that were used within the window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nonces(BTreeSet<(u64, String)>);

impl Nonces {
    /// Checks an OAuth signature once. `now` is wall time in milliseconds, never the moved clock: the client signs
    /// with its own.
    pub(crate) fn check(
        &mut self,
        now: u64,
        request: &Request<'_>,
        form: &Fields,
        login: &Login,
        key: &ControlKey,
    ) -> Result<(), Refused> {
        let now = now / 1000;
        let header = request.authorization.ok_or(Refused::Forbidden)?;
        let authorization = Authorization::parse(header).map_err(|_| Refused::Forbidden)?;
        let url = format!("http://{}{}", request.host, request.target);
        let is_ours = authorization.consumer_key == login.as_str()
            && now.abs_diff(authorization.stamp.timestamp) <= WINDOW
            && authorization.verifies(request.method, &url, form, key);
        self.0.retain(|(timestamp, _)| now.abs_diff(*timestamp) <= WINDOW);
        if is_ours && self.0.insert((authorization.stamp.timestamp, authorization.stamp.nonce)) {
            Ok(())
        } else {
            Err(Refused::Forbidden)
        }
    }
}

/// Checks `login` and `control` of a status call.
pub(crate) fn check_status(form: &Fields, login: &Login, key: &ControlKey) -> Result<(), Refused> {
    let expected = control::status(login, text(form, "client_orderid"), text(form, "orderid"), key);
    check(form, login, &expected)
}

/// Checks `login` and `control` of a return. `digits` is the amount in minor units, if one was sent.
pub(crate) fn check_return(
    form: &Fields,
    digits: Option<u64>,
    login: &Login,
    key: &ControlKey,
) -> Result<(), Refused> {
    let amount = digits.map(|digits| (digits, text(form, "currency")));
    let (client_orderid, orderid) = (text(form, "client_orderid"), text(form, "orderid"));
    check(form, login, &control::reversal(login, client_orderid, orderid, amount, key))
}

/// Inferred wording.
fn check(form: &Fields, login: &Login, expected: &str) -> Result<(), Refused> {
    if text(form, "login") == login.as_str() && control::matches(expected, text(form, "control")) {
        Ok(())
    } else {
        Err(Refused::Validation("Invalid login or control".to_owned()))
    }
}

/// A parameter's value, trimmed as the documents say; empty if it is not there.
pub(crate) fn text<'a>(form: &'a Fields, name: &str) -> &'a str {
    form.get(name).unwrap_or_default().trim()
}

/// Refuses with the documented wording if one of these is missing.
pub(crate) fn require(form: &Fields, names: &[&str]) -> Result<(), Refused> {
    let missing = names.iter().find(|name| text(form, name).is_empty());
    missing.map_or(Ok(()), |name| Err(Refused::required(name)))
}
