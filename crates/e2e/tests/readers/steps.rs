//! The cable is pulled at every step of a driver, and plugged in again.

use super::rig::Rig;
use reader::State;

/// Why a family's cable is not pulled at a step: it passes over it, or it cannot be told from its neighbours.
struct PassedOver(&'static str);

/// Pulls the cable at each step. After each the gateway's count agrees with what the screen said, and the page, never
/// loaded anew, takes a payment.
pub async fn pull_the_cable_at_each(rig: &Rig) {
    for state in State::ALL {
        match pull_at(rig, state).await {
            Ok(()) => {
                rig.plug();
                rig.pays().await;
            }
            Err(PassedOver(why)) => println!("{}: {state:?}: {why}", rig.kind.device.name),
        }
    }
}

const READER_LOST: &str = "Reader not answering";

/// Brings a till with a reader that is ready to this step, pulls the cable there, and goes back to the keypad.
///
/// Every step is here by name: one that a driver gets anew has no scenario until it has its arm, and this does not compile.
async fn pull_at(rig: &Rig, state: State) -> Result<(), PassedOver> {
    let (till, kind) = (rig.till(), rig.kind);
    match state {
        State::Disconnected => {
            rig.pull().await;
            let opening = rig.counted("opening").await;
            rig.script("window.mayOpen = new Promise(resolve => window.letOpen = resolve)").await;
            rig.plug();
            till.see(&["Connecting reader"]).await;
            rig.grown("opening", opening).await;
            rig.pull().await;
            rig.script("letOpen(); window.mayOpen = null").await;
        }
        State::Opening if !kind.taps => {
            return Err(PassedOver("nothing is left on its link to be thrown away"));
        }
        State::Opening => {
            rig.pull().await;
            // It lasts for 30 ms by the page's clock.
            let opened = rig.counted("opened").await;
            rig.script("window.frozen = Date.now()").await;
            rig.plug();
            till.see(&["Connecting reader"]).await;
            rig.grown("opened", opened).await;
            rig.pull().await;
            rig.script("window.frozen = null").await;
        }
        State::Identifying => {
            rig.pull().await;
            rig.fault("silent", true);
            let sent = rig.counted("sent").await;
            rig.plug();
            till.see(&["Connecting reader"]).await;
            rig.grown("sent", sent).await;
            rig.pull().await;
            rig.fault("silent", false);
        }
        State::NotSecure => {
            rig.fault("not_secure", true);
            if kind.device.family == "magtek-mms" {
                // Nothing asks it before the first sale.
                till.pay(rig.amount()).await;
                rig.nothing_sent("Reader not allowed").await;
            } else {
                rig.pull().await;
                rig.plug();
                till.see(&["Reader not allowed"]).await;
            }
            rig.pull().await;
            rig.fault("not_secure", false);
            if kind.device.family == "magtek-mms" {
                rig.leave().await;
            }
        }
        State::Idle => rig.pull().await,
        State::AwaitingCard => {
            rig.begin(rig.amount()).await;
            rig.pull().await;
            rig.nothing_sent(READER_LOST).await;
            rig.leave().await;
        }
        State::ReadingCard if !kind.taps => return Err(PassedOver("one report is the whole card")),
        State::ReadingCard if !kind.has_slot => return Err(PassedOver("a tap is seen and read in one go")),
        State::ReadingCard => {
            rig.begin(rig.amount()).await;
            rig.reader("insert Visa, chip and PIN");
            rig.reader("wait keypad");
            till.see(&["The card is being read"]).await;
            rig.pull().await;
            rig.nothing_sent(READER_LOST).await;
            rig.reader("remove");
            rig.leave().await;
        }
        State::AwaitingIssuer => {
            // Declined by the bank, which needs no card for that.
            rig.bank_thinks();
            rig.begin(rig.amount() + 16).await;
            rig.reader(if kind.has_slot { "insert without PIN" } else { kind.quick });
            till.see(&["Asking the bank"]).await;
            rig.pull().await;
            till.see(&["Asking the bank"]).await;
            rig.bank_answers();
            till.see(&["Declined", "The card was not charged"]).await;
            rig.count();
            rig.reader("remove");
            rig.leave().await;
            rig.plug();
            // Approved, and there is nothing that a card would have to say to that.
            till.see(&["Reader ready"]).await;
            rig.bank_thinks();
            let minor = rig.amount();
            rig.begin(minor).await;
            rig.reader(kind.quick);
            till.see(&["Asking the bank"]).await;
            rig.pull().await;
            rig.bank_answers();
            rig.approved(minor, kind.quick_card).await;
            rig.leave().await;
        }
        State::Completing if !kind.taps => return Err(PassedOver("a stripe decides nothing")),
        State::Completing => {
            rig.bank_thinks();
            let minor = rig.amount();
            rig.begin(minor).await;
            rig.reader(if kind.has_slot { "insert without PIN" } else { kind.quick });
            till.see(&["Asking the bank"]).await;
            rig.fault("silent", true);
            rig.bank_answers();
            if kind.has_slot {
                till.see(&["The bank answered, the card is checking"]).await;
                rig.pull().await;
                // The bank approved, the card never agreed: the gateway does not end this by itself.
                till.advance_clock(121_000).await;
                till.see(&["Result not known yet", "We do not know yet"]).await;
                rig.count();
                till.press("Serve next customer").await;
                till.see(&["Results not known yet: 1", "Pay 0.00"]).await;
            } else {
                rig.approved(minor, kind.quick_card).await;
                rig.pull().await;
                rig.leave().await;
            }
            rig.reader("remove");
            rig.fault("silent", false);
        }
        State::Cancelling if !kind.taps => return Err(PassedOver("nothing tells it to stop")),
        State::Cancelling => {
            rig.begin(rig.amount()).await;
            rig.fault("silent", true);
            till.press("Cancel").await;
            till.see(&["Stopping the reader"]).await;
            rig.pull().await;
            rig.nothing_sent("Cancelled").await;
            rig.fault("silent", false);
            rig.leave().await;
        }
        State::AwaitingRemoval if !kind.has_slot => return Err(PassedOver("no card stays in it")),
        State::AwaitingRemoval => {
            let minor = rig.amount();
            rig.begin(minor).await;
            rig.reader("insert without PIN");
            till.see(&["Remove the card"]).await;
            rig.approved(minor, "Visa **** 0028").await;
            rig.pull().await;
            rig.reader("remove");
            rig.leave().await;
        }
        State::Broken => {
            rig.garbage();
            till.see(&["Reader not answering"]).await;
            rig.pull().await;
        }
    }
    Ok(())
}
