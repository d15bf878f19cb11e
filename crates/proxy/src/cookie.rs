//! What a browser holds for us: a random text whose digest is all that we keep.

use crate::problem::Problem;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// 32 random bytes as hex.
///
/// # Errors
/// [`Problem::Internal`] when the system gives no random bytes.
pub(crate) fn draw() -> Result<String, Problem> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|_| Problem::Internal)?;
    Ok(hex::encode(secret))
}

/// The cookie of this name that the browser sent.
pub(crate) fn sent<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies =
        cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    cookies.find(|(key, _)| *key == name).map(|(_, value)| value)
}

pub(crate) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
