//! First aid, with nobody signed in.

use super::open;
use crate::look::Walk;

pub(crate) async fn walk(walk: &Walk) {
    let mut shop = open("first-aid", "").await;
    shop.till.sell(2000).await;
    shop.till.choose("//*[@data-testid='reader-state']").await;
    shop.till.press("First aid").await;
    shop.till.see(&["The till said last", "The server stores payments.", "Approved"]).await;
    walk.see(&shop.till, "first-aid").await;
    shop.till.choose("//details[contains(@class, 'trace')]/summary").await;
    shop.till.see(&["Pay pressed", "sale:"]).await;
    walk.see(&shop.till, "first-aid-trace").await;
    shop.proxy.stop();
    shop.till.press("Check again").await;
    shop.till.see(&["It does not answer.", "It can be checked once what is above works."]).await;
    walk.see(&shop.till, "first-aid-server-away").await;
}
