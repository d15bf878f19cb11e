//! A kiosk, as its customers see it.

use super::PHONE;
use crate::look::Walk;
use e2e::{Habits, Shop};

const START: &str = "Touch to start";

pub(crate) async fn walk(walk: &Walk) {
    let mut shop = Shop::open_with("screens-kiosk", Habits { attended: false, ..Habits::default() }).await;
    let till = &shop.till;
    till.see(&["Card payment", START]).await;
    walk.see(till, "kiosk-attract").await;
    till.press(START).await;
    till.see(&["Pay 0.00"]).await;
    walk.see(till, "kiosk-keypad").await;
    till.press_all(&["2", "00", "0"]).await;
    till.leave_alone_for(46_000).await;
    till.see(&["I need more time"]).await;
    walk.see(till, "kiosk-still-there").await;
    till.press("I need more time").await;
    till.press("Larger text").await;
    walk.see(till, "kiosk-larger").await;
    till.press("Larger text").await;
    till.press("Pay 20.00").await;
    till.see(&["Tap, insert or swipe"]).await;
    walk.see(till, "kiosk-present").await;
    till.hold_out("Tap", PHONE).await;
    till.see(&["Approved", "Back to start in"]).await;
    walk.see(till, "kiosk-approved").await;
    till.press("Remove card").await;
    till.press("Done").await;

    till.press(START).await;
    // The bank declines with a reason that is not a customer's to read in public.
    till.pay(1016).await;
    till.present("Tap", PHONE).await;
    till.see(&["Declined", "Back to start in"]).await;
    walk.see(till, "kiosk-declined").await;
    till.press("Remove card").await;
    till.press("Done").await;

    till.press(START).await;
    till.pay(1060).await;
    till.present("Tap", PHONE).await;
    till.see(&["Asking the bank"]).await;
    till.advance_clock(121_000).await;
    till.see(&["Please do not pay again."]).await;
    walk.see(till, "kiosk-not-known").await;
    till.press("Remove card").await;
    till.press("Done").await;
    till.see(&[START]).await;

    shop.proxy.stop();
    shop.till.see(&["Out of order"]).await;
    walk.see(&shop.till, "kiosk-out-of-order").await;
}
