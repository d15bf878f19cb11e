//! One trace from the page through the proxy to the gateway.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Shop};
use payment::api::Trace;
use payment::attempt::AttemptId;
use payment::trace::{TraceId, TraceParent};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const CHIP: &str = "Visa, chip without PIN";
const TRACED: Habits = Habits { settings: "[gateway.dialect]\nsend_traceparent = true", ..Habits::USUAL };

#[tokio::test]
async fn a_chip_sale_has_one_trace_in_page_proxy_and_gateway() {
    let shop = Shop::open_with("trace", TRACED).await;
    shop.till.record().await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Approved"]).await;
    let order = shop.gateway.ledger().orders.remove(0);
    let attempt: AttemptId = order.client_orderid.parse().unwrap();
    let trace = TraceId::of(&attempt);

    // The page names it in each call about the payment, each time with a step of its own, and in no other.
    let mut steps = BTreeSet::new();
    let mut about = 0;
    for call in shop.till.calls().await {
        let url = call["url"].as_str().unwrap();
        let sent = call["sent"].as_array().unwrap();
        let said = sent.iter().find(|header| header[0] == TraceParent::HEADER).map(|header| &header[1]);
        let is_about =
            url.contains(attempt.as_str()) || (url.ends_with("/payments") && call["method"] == "POST");
        assert_eq!(said.is_some(), is_about, "{call}");
        if let Some(said) = said {
            let parent: TraceParent = said.as_str().unwrap().parse().unwrap();
            assert_eq!((parent.trace, parent.sampled), (trace, true), "{call}");
            steps.insert(parent.parent.to_string());
            about += 1;
        }
    }
    assert!(about >= 3 && steps.len() == about, "start, events and advice: {steps:?}");

    // The proxy tells what came of each, as a child of the page's step.
    let told: Trace =
        serde_json::from_str(&shop.proxy.ask_as_manager(&format!("payments/{attempt}/trace"))).unwrap();
    assert_eq!(told.trace, trace);
    for name in ["start", "events", "advice"] {
        let call = told.calls.iter().find(|call| call.call.as_str() == name && call.parent.is_some());
        let parent = call.unwrap_or_else(|| panic!("{name}: {told:?}")).parent.unwrap();
        assert!(steps.contains(&parent.to_string()), "{name}: {told:?}");
    }

    // The gateway's log has the proxy's steps, and the proxy's log has them too.
    let (gateway, proxy) = (shop.folder.join("gateway.err"), shop.folder.join("proxy.err"));
    let (gateway, proxy) = (fs::read_to_string(gateway).unwrap(), fs::read_to_string(proxy).unwrap());
    for name in ["sale", "status", "advice"] {
        let call =
            told.calls.iter().find(|call| call.call.as_str() == name && call.parent.is_none()).unwrap();
        let parent = format!("00-{trace}-{}-01", call.span);
        assert!(gateway.contains(&parent), "{name} {parent}: {gateway}");
    }
    let lines = proxy.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<_> = lines.filter(|line| line.to_string().contains(attempt.as_str())).collect();
    assert!(lines.len() >= 5, "{proxy}");
    for line in lines {
        assert_eq!(line["span"]["trace_id"], trace.to_string(), "{line}");
    }
}
