//! The control API, for tests and demonstrations: JSON under `/control/`, on the same address.

use serde_json::{Value, json};

use crate::gateway::Gateway;
use crate::http::{Reply, Request};
use crate::order::{Order, Summary};

/// `now` is the moved clock.
pub(crate) fn handle(gateway: &mut Gateway, now: u64, request: &Request<'_>) -> Reply {
    match (request.method, request.path()) {
        ("GET", "/control/orders") => orders(gateway, now),
        ("GET", "/control/settings") => Reply::json(200, &json!(gateway.settings)),
        ("POST", "/control/settings") => settings(gateway, request.body),
        ("POST", "/control/clock") => clock(gateway, request.body),
        ("POST", "/control/reset") => {
            gateway.reset();
            Reply::json(200, &json!({}))
        }
        _ => Reply::plain(404, "no such call"),
    }
}

/// All orders, how many of them are charges, and the days that were closed.
fn orders(gateway: &Gateway, now: u64) -> Reply {
    let orders: Vec<Summary> = gateway.orders.iter().map(|order| order.summary(now)).collect();
    let charges = orders.iter().filter(|order| order.is_charge).count();
    let charged: u64 = gateway.orders.iter().map(|order: &Order| order.charged(now)).sum();
    let returned: u64 = gateway.orders.iter().map(|order: &Order| order.returned(now)).sum();
    let captured: u64 = gateway.orders.iter().map(|order: &Order| order.captured(now)).sum();
    let body = json!({
        "now": now, "orders": orders, "charges": charges, "charged": charged, "captured": captured,
        "returned": returned,
        "closings": gateway.closings,
    });
    Reply::json(200, &body)
}

/// Changes the settings that are named and leaves the rest.
fn settings(gateway: &mut Gateway, body: &[u8]) -> Reply {
    let changed = serde_json::from_slice(body).and_then(|changes| {
        let mut settings = json!(gateway.settings);
        merge(&mut settings, changes);
        serde_json::from_value(settings)
    });
    match changed {
        Ok(settings) => {
            gateway.settings = settings;
            Reply::json(200, &json!(gateway.settings))
        }
        Err(error) => refused(&error.to_string()),
    }
}

/// Moves the clock of orders and callbacks on. Signatures keep wall time: clients sign with their own clock.
fn clock(gateway: &mut Gateway, body: &[u8]) -> Reply {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match body.get("advance_ms").and_then(Value::as_u64) {
        Some(advance) if advance <= YEAR_MS => {
            gateway.moved_by += advance;
            Reply::json(200, &json!({ "moved_by_ms": gateway.moved_by }))
        }
        _ => refused("advance_ms must be a number of milliseconds, at most a year"),
    }
}

const YEAR_MS: u64 = 366 * 86_400_000;

fn refused(reason: &str) -> Reply {
    Reply::json(400, &json!({ "error": reason }))
}

fn merge(into: &mut Value, changes: Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(into.entry(name).or_insert(Value::Null), change);
            }
        }
        (into, change) => *into = change,
    }
}
