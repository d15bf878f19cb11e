//! What must never leave its place: the merchant's key, and the card's number, track, PIN and encrypted data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{CONTROL_KEY, Needle, Shop, files, release_page, search};
use reader_sim::cards;
use serde_json::Value;
use std::fs;
use std::path::Path;

const CHIP_AND_PIN: &str = "Mastercard, chip and PIN 73051928";
const PHONE: &str = "Visa on a phone, tap only";
const STRIPE: &str = "Mastercard, stripe only";

/// The control key, and of each card the number, the end of its track and its PIN if that is too long to stand
/// somewhere by chance.
fn secrets() -> Vec<Needle> {
    let mut secrets = vec![Needle::new("control key", CONTROL_KEY)];
    for card in cards() {
        secrets.push(Needle::new(format!("number of {}", card.name), card.pan));
        for separator in ['=', 'D', '^'] {
            let track = format!("{}{separator}{}{}", &card.pan[12..], card.expiry, card.service_code);
            secrets.push(Needle::new(format!("track of {}", card.name), &track));
        }
        if let Some(pin) = card.pin.filter(|pin| pin.len() >= 8) {
            secrets.push(Needle::new(format!("PIN of {}", card.name), pin));
        }
    }
    assert!(
        cards().iter().any(|card| card.name == CHIP_AND_PIN && card.pin.is_some_and(|pin| pin.len() >= 8))
    );
    secrets
}

/// What is found in the files of `folder`, a line each.
fn leaks(secrets: &[Needle], folder: &Path) -> Vec<String> {
    let in_file = |path: &std::path::PathBuf| {
        let finds = search(secrets, &fs::read(path).unwrap());
        finds.into_iter().map(|find| format!("{}: {find:?}", path.display())).collect::<Vec<_>>()
    };
    files(folder).iter().flat_map(in_file).collect()
}

/// The answers that a stranger gets who asks for everything, the payments of this run included.
fn answers(shop: &Shop) -> Vec<(String, String)> {
    let get = |url: String| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(&url).call().unwrap_or_else(|error| panic!("{url}: {error}"));
        let head = format!("{url}\n{answer:?}");
        (head, answer.body_mut().read_to_string().unwrap())
    };
    let mut paths =
        ["terminal", "health", "payments", "nothing"].map(|path| format!("/api/v1/{path}")).to_vec();
    for order in shop.gateway.ledger().orders {
        let payment = format!("/api/v1/payments/{}", order.client_orderid);
        paths.extend([format!("{payment}/trace"), payment]);
    }
    let mut answers: Vec<_> = paths.iter().map(|path| get(format!("{}{path}", shop.proxy.address))).collect();
    for path in ["healthz", "readyz", "metrics", "openapi.json"] {
        answers.push(get(format!("{}/{path}", shop.proxy.operations)));
    }
    answers
}

#[tokio::test]
async fn leaks_nothing_in_a_day_at_the_till() {
    let shop = Shop::open("leaks").await;
    shop.till.record().await;

    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP_AND_PIN).await;
    shop.till.enter_pin("73051928").await;
    shop.till.see(&["Approved"]).await;
    shop.till.next_customer().await;
    for (minor, verb, card, words) in [
        (1500, "Tap", PHONE, "Approved"),
        (1600, "Swipe", STRIPE, "Approved"),
        (1716, "Tap", PHONE, "Declined"),
        (1861, "Tap", PHONE, "Approved"),
    ] {
        shop.till.pay(minor).await;
        shop.till.present(verb, card).await;
        shop.till.see(&[words]).await;
        shop.till.next_customer().await;
    }

    let calls = shop.till.calls().await;
    let mut secrets = secrets();
    let mut blobs = 0;
    for call in &calls {
        let body: Value = serde_json::from_str(call["body"].as_str().unwrap()).unwrap_or_default();
        if let Some(data) = body["encrypted_data"].as_str() {
            blobs += 1;
            // The middle, which is encrypted; tags and lengths are the same in all.
            secrets.push(Needle::new("card data", &data[data.len() / 2..][..32]));
        }
    }
    assert_eq!(blobs, 6, "five payments and one advice carried card data");

    let run = &shop.folder;
    let heard: Vec<_> =
        calls.iter().map(|call| format!("{} {} {}", call["url"], call["headers"], call["answer"])).collect();
    fs::write(run.join("answers-to-the-page"), heard.join("\n")).unwrap();
    fs::write(run.join("answers-to-a-stranger"), format!("{:#?}", answers(&shop))).unwrap();
    fs::write(run.join("kept-by-the-page"), shop.till.kept().await).unwrap();
    fs::write(run.join("console"), shop.till.console().await.join("\n")).unwrap();

    // A search that finds nothing has to show that it can find.
    let planted = run.join("planted");
    fs::write(&planted, secrets.iter().flat_map(Needle::planted).collect::<Vec<_>>()).unwrap();
    let found = leaks(&secrets, run);
    let of_planted = found.iter().filter(|leak| leak.starts_with(&planted.display().to_string()));
    assert_eq!(of_planted.count(), secrets.len(), "{found:#?}");
    fs::remove_file(planted).unwrap();

    assert_eq!(leaks(&secrets, run), Vec::<String>::new());
    for written in ["proxy.err", "proxy.db", "gateway.err", "answers-to-the-page"] {
        assert!(fs::metadata(run.join(written)).unwrap().len() > 0, "{written} is empty");
    }
}

#[test]
fn leaks_nothing_in_the_page_that_merchants_get() {
    let page = release_page();
    assert!(files(&page).iter().any(|file| file.extension().is_some_and(|kind| kind == "wasm")));
    assert_eq!(leaks(&secrets(), &page), Vec::<String>::new());
}
