//! What can be said of the proxy before anybody has signed in.

use crate::json::{record, words};
use serde::Serialize;

/// How a call to the gateway ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It answered, or could be connected to.
    Reachable,
    /// It refused the till's key, login or endpoint, or this machine's clock: HTTP 403.
    Refused,
    /// A connection was begun and no whole answer came.
    Silent,
    /// No connection could be begun.
    Unreachable,
}

words!(Reached {
    Reachable = "reachable",
    Refused = "refused",
    Silent = "silent",
    Unreachable = "unreachable",
});

/// What the proxy knows of the way to the gateway.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct GatewayHealth {
    /// When it last answered anything, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<u64>,
    /// When it was last called or connected to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried_at: Option<u64>,
    /// How that ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Reached>,
    /// How many seconds the proxy's clock is ahead of the gateway host's, by the `Date` of its last answer that had one;
    /// negative when it is behind. Correct to a second or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_s: Option<i32>,
}

record!(GatewayHealth { answered_at, tried_at, ended, clock_ahead_s });

/// `GET /health`: whether the proxy works. Whoever is at the till may ask; it says nothing of payments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// The proxy's version.
    pub version: String,
    /// The proxy's clock, in Unix milliseconds.
    pub now: u64,
    /// The store writes: tried within the last ten seconds.
    pub store_writes: bool,
    /// The gateway: tried within the last minute.
    pub gateway: GatewayHealth,
}

record!(Health { version, now, store_writes, gateway });

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn health_reads_what_it_writes() {
        for ended in [Reached::Reachable, Reached::Refused, Reached::Silent, Reached::Unreachable] {
            let gateway = GatewayHealth {
                answered_at: Some(1),
                tried_at: Some(2),
                ended: Some(ended),
                clock_ahead_s: Some(-3),
            };
            for gateway in [gateway, GatewayHealth::default()] {
                let health = Health { version: "1".into(), now: 4, store_writes: true, gateway };
                let text = serde_json::to_string(&health).unwrap();
                assert_eq!(crate::json::read(&text), Some(health), "{text}");
            }
        }
    }
}
