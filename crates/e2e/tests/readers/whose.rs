//! Whose reader it is: the till's own or another, this tab's or another program's.

use super::rig::{Kind, MIURA, Rig};
use e2e::testbed::Device;

/// The till's own reader is gone and another is there: nobody pays with it before somebody says so.
pub async fn another_reader_is_not_used_unasked(kind: &'static Kind) {
    let own = kind.device;
    let other = Device { name: "other", serial_number: "E2E0012", ..own };
    let rig = Rig::with(kind, &format!("another-{}", own.name), &[own, other]).await;
    let (till, testbed) = (rig.till(), rig.shop.testbed());
    till.see(&["Reader ready"]).await;
    // Either of the two became the till's own; the other one has to be that for what follows.
    testbed.unplug(other.name);
    testbed.unplug(own.name);
    rig.script("localStorage.removeItem('mpos-terminal.reader')").await;
    testbed.plug(other.name);
    till.see(&["Reader ready"]).await;
    testbed.unplug(other.name);
    till.see(&["Reader unplugged"]).await;

    rig.plug();
    till.see(&["Different reader", "Manager: connect reader"]).await;
    till.press("Use this reader").await;
    rig.pays().await;
    // The one that was the till's own is now the other.
    rig.pull().await;
    testbed.plug(other.name);
    till.see(&["Different reader"]).await;
    // Its own is found behind it.
    rig.plug();
    rig.pays().await;
}

/// A till that is opened twice is one till; the second tab takes over when the first is closed.
pub async fn a_second_tab_keeps_off() {
    let rig = Rig::open(&MIURA, "second-tab").await;
    rig.till().open_second_tab(&rig.shop.proxy.address).await;
    rig.till().see(&["Open in another tab", "use the other tab"]).await;
    rig.till().close_other_tabs().await;
    rig.pays().await;
}

/// Another program has the reader when the till is opened.
pub async fn a_reader_in_use_is_said_and_taken_once_it_is_free() {
    let rig = Rig::open(&MIURA, "in-use").await;
    let (till, testbed, page) = (rig.till(), rig.shop.testbed(), &rig.shop.proxy.address);
    till.open(&format!("{page}/icon.svg")).await;
    testbed.take(MIURA.device.name);
    till.open(page).await;
    till.see(&["Reader in use", "close the other program that uses it"]).await;
    testbed.free(MIURA.device.name);
    rig.pays().await;
}
