//! OAuth 1.0a with HMAC-SHA1 and no token (RFC 5849), as a pure function, and its verification.
//! Source: Payneteasy docs, request authentication methods, OAuth.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::form::{Fields, percent_encode};
use crate::{ControlKey, Login};

const METHOD: &str = "HMAC-SHA1";

/// What makes a signature valid once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Random text, used once.
    pub nonce: String,
    /// Seconds since 1970-01-01 UTC.
    pub timestamp: u64,
}

/// A signature with the texts it was made of. These hold card data, so `Debug` shows the signature only.
#[derive(Clone)]
pub struct Signed {
    /// Normalised parameters (RFC 5849 §3.4.1.3.2).
    pub normalised: Zeroizing<String>,
    /// Signature base string (RFC 5849 §3.4.1.1).
    pub base_string: Zeroizing<String>,
    /// Base64 of the HMAC.
    pub signature: String,
    /// Value of the `Authorization` header.
    pub header: String,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("signature", &self.signature).finish_non_exhaustive()
    }
}

/// Signs a request. `url` may carry a query, which takes part; `body` are the parameters of a form body.
#[must_use]
pub fn sign(
    method: &str,
    url: &str,
    body: &Fields,
    login: &Login,
    key: &ControlKey,
    stamp: &Stamp,
) -> Signed {
    let timestamp = stamp.timestamp.to_string();
    let protocol = [
        ("oauth_version", "1.0"),
        ("oauth_consumer_key", login.as_str()),
        ("oauth_timestamp", timestamp.as_str()),
        ("oauth_nonce", stamp.nonce.as_str()),
        ("oauth_signature_method", METHOD),
    ];
    let (normalised, base_string) = base(method, url, body, &protocol);
    let signature = STANDARD.encode(hmac(&base_string, key).finalize().into_bytes());
    let mut header = String::from("OAuth realm=\"\"");
    for (name, value) in protocol.into_iter().chain([("oauth_signature", signature.as_str())]) {
        header.push_str(&format!(",{name}=\"{}\"", percent_encode(value)));
    }
    Signed { normalised, base_string, signature, header }
}

/// A parsed `Authorization: OAuth …` header whose signature has not been checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Consumer key: the merchant login.
    pub consumer_key: String,
    /// Nonce and time.
    pub stamp: Stamp,
    signature: Vec<u8>,
    /// Everything that takes part in the base string: all parameters but `realm` and `oauth_signature`.
    parameters: Vec<(String, String)>,
}

impl Authorization {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`AuthorizationError`]: the sender did not write an OAuth 1.0a HMAC-SHA1 header.
    pub fn parse(header: &str) -> Result<Self, AuthorizationError> {
        let (scheme, rest) =
            header.trim().split_once(char::is_whitespace).ok_or(AuthorizationError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("OAuth") {
            return Err(AuthorizationError::Scheme);
        }
        let mut parameters = Vec::new();
        for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(AuthorizationError::Syntax)?;
            let value = value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let (name, value) = (decode(name.trim())?, decode(value.ok_or(AuthorizationError::Syntax)?)?);
            if parameters.iter().any(|(earlier, _)| *earlier == name) {
                return Err(AuthorizationError::Syntax);
            }
            parameters.push((name, value));
        }
        parameters.retain(|(name, _)| name != "realm");
        let signature = take(&mut parameters, "oauth_signature")?;
        let signature = STANDARD.decode(signature).map_err(|_| AuthorizationError::Syntax)?;
        let find = |wanted: &'static str| {
            let found = parameters.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str()).ok_or(AuthorizationError::Missing(wanted))
        };
        if find("oauth_signature_method")? != METHOD || find("oauth_version").unwrap_or("1.0") != "1.0" {
            return Err(AuthorizationError::Method);
        }
        let timestamp = find("oauth_timestamp")?.parse().map_err(|_| AuthorizationError::Syntax)?;
        let stamp = Stamp { nonce: find("oauth_nonce")?.to_owned(), timestamp };
        Ok(Self { consumer_key: find("oauth_consumer_key")?.to_owned(), stamp, signature, parameters })
    }

    /// Whether the signature is the key holder's for exactly this request. Compares in constant time. Protocol
    /// parameters that are repeated in the body, as the vendor's documents show them, count once.
    #[must_use]
    pub fn verifies(&self, method: &str, url: &str, body: &Fields, key: &ControlKey) -> bool {
        let protocol: Vec<_> = self.parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let body = body.iter().filter(|field| !protocol.contains(field)).collect();
        let (_, base_string) = base(method, url, &body, &protocol);
        hmac(&base_string, key).verify_slice(&self.signature).is_ok()
    }
}

/// Why a header is not one of ours. The sender's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    /// Another scheme than `OAuth`.
    #[error("the Authorization header is not OAuth")]
    Scheme,
    /// Not a list of `name="value"`, or a name given twice.
    #[error("the OAuth header cannot be read")]
    Syntax,
    /// Another method than HMAC-SHA1 or another version than 1.0.
    #[error("the OAuth signature method is not HMAC-SHA1 of version 1.0")]
    Method,
    /// A parameter is not there.
    #[error("the OAuth header lacks {0}")]
    Missing(&'static str),
}

fn take(parameters: &mut Vec<(String, String)>, name: &'static str) -> Result<String, AuthorizationError> {
    let at =
        parameters.iter().position(|(found, _)| found == name).ok_or(AuthorizationError::Missing(name))?;
    Ok(parameters.swap_remove(at).1)
}

/// RFC 5849 §3.6 has no `+` for a space, so this is not form decoding.
fn decode(text: &str) -> Result<String, AuthorizationError> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| AuthorizationError::Syntax)
}

fn base(
    method: &str,
    url: &str,
    body: &Fields,
    protocol: &[(&str, &str)],
) -> (Zeroizing<String>, Zeroizing<String>) {
    let (address, query) = split_url(url);
    let query = Fields::decode(query.as_bytes());
    let parameters = query.iter().chain(body.iter()).chain(protocol.iter().copied());
    let mut pairs: Vec<_> = parameters
        .map(|(name, value)| (percent_encode(name), Zeroizing::new(percent_encode(value))))
        .collect();
    pairs.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.as_str().cmp(other.1.as_str())));
    let mut normalised = Zeroizing::new(String::new());
    for (name, value) in &pairs {
        if !normalised.is_empty() {
            normalised.push('&');
        }
        normalised.extend([name.as_str(), "=", value.as_str()]);
    }
    let (method, address) = (method.to_ascii_uppercase(), percent_encode(&address));
    let encoded = Zeroizing::new(percent_encode(&normalised));
    (normalised, Zeroizing::new(format!("{method}&{address}&{}", *encoded)))
}

/// Base string URI (RFC 5849 §3.4.1.2) and the query.
fn split_url(url: &str) -> (String, &str) {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let Some((scheme, rest)) = address.split_once("://") else { return (address.to_owned(), query) };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (scheme, mut authority) = (scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    if let Some(host) = authority.strip_suffix(default_port) {
        authority = host.to_owned();
    }
    (format!("{scheme}://{authority}{path}"), query)
}

#[expect(clippy::expect_used, reason = "RFC 2104 defines HMAC for keys of every length")]
fn hmac(base_string: &str, key: &ControlKey) -> Hmac<Sha1> {
    let secret = Zeroizing::new(format!("{}&", percent_encode(key.secret())));
    let mut hmac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any length");
    hmac.update(base_string.as_bytes());
    hmac
}
