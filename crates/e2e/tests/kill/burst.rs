//! The proxy killed amid its writes: tills post at once and without end, straight to its interface.

use crate::file;
use dukpt::{BaseKey, Ksn, Variant};
use e2e::{Gateway, Habits, Proxy, page, scenario, until};
use payment::api::{NotCharged, Outcome, PaymentState, PaymentView};
use payment::attempt::AttemptId;
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use tlv::{object, tag};
use ureq::http::StatusCode;

const TILLS: usize = 8;
const MINOR: u64 = 2000;
const LIMIT: Duration = Duration::from_secs(60);

/// A payment as a till posts it.
struct Post {
    id: AttemptId,
    body: String,
    /// The proxy has said that it has it.
    taken: bool,
}

/// Kills the proxy so many times over the same database, at moments drawn from the seed. Whatever was answered as taken is
/// there afterwards, nothing is submitted twice, and every payment ends as the gateway's count says.
pub(crate) async fn burst(rounds: u32, seed: u64) -> String {
    let folder = scenario("kill-burst");
    let gateway = Gateway::start(&folder, None, false).await;
    gateway.play(&json!({ "processing_ms": 0 }));
    let mut proxy = Proxy::start(&gateway, &page(), &folder, Habits::default(), None).await;
    let (mut random, number) = (seed, AtomicU32::new(0));
    let (mut all, mut lost, mut never) = (0, 0, 0);
    for round in 0..rounds {
        let answers = draw(&mut random) % 60;
        let pause = Duration::from_micros(draw(&mut random) % 5_000);
        let posts = post_until_killed(&mut proxy, &number, answers, pause);
        file::check_killed(&proxy.database()).await;
        proxy.run().await;
        for post in &posts {
            let known = view(&proxy, &post.id);
            assert!(known.is_some() || !post.taken, "round {round}: {} was taken and is lost", post.id);
            if !post.taken {
                lost += 1;
                // As a page does that heard nothing: the same bytes again.
                let status = send(&proxy, &post.body);
                assert_eq!(status, Some(StatusCode::ACCEPTED), "round {round}: {}", post.id);
            }
        }
        never += all_end_as_counted(&proxy, &gateway, &posts).await;
        all += posts.len();
    }
    proxy.shut_down();
    file::check_stopped(&proxy.database()).await;
    format!("{all} payments, {lost} posted again, {never} never arrived")
}

/// Every till posts one payment after the other. Kills the proxy once so many were answered and a moment is over.
fn post_until_killed(proxy: &mut Proxy, number: &AtomicU32, answers: u64, pause: Duration) -> Vec<Post> {
    let posts = Mutex::new(Vec::new());
    let (answered, answer) = mpsc::channel();
    let api = format!("{}/api/v1/payments", proxy.address);
    thread::scope(|tills| {
        for _ in 0..TILLS {
            let (answered, api, posts) = (answered.clone(), &api, &posts);
            tills.spawn(move || {
                loop {
                    let (id, body) = payment(number.fetch_add(1, Relaxed));
                    let status = send_to(api, &body);
                    assert!(matches!(status, None | Some(StatusCode::ACCEPTED)), "{status:?}");
                    let taken = status.is_some();
                    posts.lock().unwrap().push(Post { id, body, taken });
                    // Nobody counts any more once the proxy is dead, and no till posts the next one.
                    if !taken || answered.send(()).is_err() {
                        break;
                    }
                }
            });
        }
        drop(answered);
        for _ in 0..answers {
            answer.recv_timeout(LIMIT).expect("the proxy answers");
        }
        let begun = Instant::now();
        while begun.elapsed() < pause {
            std::hint::spin_loop();
        }
        proxy.stop();
    });
    posts.into_inner().unwrap()
}

/// Waits until each is final, holds it against the gateway's count, and answers how many never came there.
async fn all_end_as_counted(proxy: &Proxy, gateway: &Gateway, posts: &[Post]) -> usize {
    let mut ends = HashMap::new();
    for post in posts {
        let end = until(LIMIT, async || match view(proxy, &post.id)?.till.state {
            PaymentState::Final { outcome } => Some(outcome),
            _ => None,
        });
        let end = end.await;
        ends.insert(post.id.to_string(), end.unwrap_or_else(|| panic!("{} does not end", post.id)));
    }
    let mut approved = 0;
    for order in gateway.ledger().orders {
        assert_eq!(order.sale_requests, 1, "submitted twice: {order:?}");
        let Some(end) = ends.get(&order.client_orderid) else { continue };
        assert!(matches!(end, Outcome::Approved { .. }), "{end:?} of {order:?}");
        assert_eq!((order.charged, order.returns), (MINOR, 0), "{order:?}");
        approved += 1;
    }
    let never_arrived =
        |end: &&Outcome| matches!(end, Outcome::NotCharged { why: NotCharged::NeverArrived, .. });
    let never = ends.values().filter(never_arrived).count();
    assert_eq!(approved + never, posts.len(), "approved or never arrived: {ends:?}");
    never
}

fn view(proxy: &Proxy, id: &AttemptId) -> Option<PaymentView> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(format!("{}/api/v1/payments/{id}", proxy.address)).call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status() == StatusCode::OK).then(|| payment::json::read(&text).expect("a payment's JSON"))
}

fn send(proxy: &Proxy, body: &str) -> Option<StatusCode> {
    send_to(&format!("{}/api/v1/payments", proxy.address), body)
}

/// `None` without an answer.
fn send_to(api: &str, body: &str) -> Option<StatusCode> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.post(api).header("content-type", "application/json").send(body).ok()?;
    answer.body_mut().read_to_string().ok()?;
    Some(answer.status())
}

/// A swiped card's payment, the same for the same number.
fn payment(number: u32) -> (AttemptId, String) {
    let mut random = u64::from(number);
    let id = AttemptId::from_random(std::array::from_fn(|_| draw(&mut random).to_le_bytes()[0]));
    let body = json!({
        "attempt": id, "kind": "sale", "amount": { "minor": MINOR, "currency": "EUR" }, "entry": "swipe",
        "reader": { "family": "miura", "serial": "1", "emulated": true },
        "card": { "last4": "0010" }, "encrypted_data": reading(number),
    });
    (id, body.to_string())
}

/// A reading of its own, under the public test key: each has the key of its own number.
fn reading(number: u32) -> String {
    let [_, high, middle, low] = number.to_be_bytes();
    let ksn = [0xFF, 0xFF, 0x98, 0x76, 0x54, 0x32, 0x10, 0xE0 | (high & 0x0F), middle, low];
    let key = BaseKey::new(reader_sim::BASE_KEY).initial(Ksn::new(ksn)).transaction(Ksn::new(ksn));
    let track = object(tag::TRACK_2, b";4761739001010010=15122011143857589?<");
    let encrypted = key.working(Variant::DekRequest).encrypt(&track);
    let objects =
        [object(tag::SRED_DATA, &encrypted), object(tag::SRED_KSN, &ksn), object(tag::CARD_STATUS, &[0, 7])];
    hex::encode(object(tag::RESPONSE, &objects.concat()))
}

/// SplitMix64.
fn draw(random: &mut u64) -> u64 {
    *random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*random ^ (*random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
