//! What the reader page says, on the screen and in the file for support.

use crate::browser;
use crate::desk::LinkLog;
use reader::{Identity, Power};

/// The DUKPT counter is the last 21 bits of a key serial number (X9.24-1).
const COUNTER: u64 = 0x1F_FFFF;

/// Who the reader is and how its link does: labels and values.
#[must_use]
pub fn facts(state: String, identity: Option<&Identity>, log: &LinkLog) -> Vec<(&'static str, String)> {
    let mut facts = vec![("State", state)];
    if let Some(identity) = identity {
        facts.push(("Family", identity.family.title.to_owned()));
        facts.push(("Serial number", identity.serial.clone()));
        facts.extend(
            identity.software.iter().map(|part| ("Software", format!("{} {}", part.name, part.version))),
        );
        if let Some(battery) = identity.battery {
            let power = match battery.power {
                Power::Battery => "on battery",
                Power::Charging => "charging",
                Power::Full => "full",
                Power::Fault(_) => "charger fault",
            };
            facts.push(("Battery", format!("{}%, {power}", battery.percent)));
        }
        if let Some(ksn) = &identity.ksn {
            facts.push(("Key serial number", format!("{ksn}, counter {}", counter(ksn))));
        }
        facts.push(("Online PIN key", if identity.pin_ready { "yes" } else { "no" }.to_owned()));
    }
    if let Some(ready_at) = log.ready_at {
        facts.push(("Ready since", browser::hh_mm(ready_at)));
    }
    facts.push(("Messages", format!("{} sent, {} received, {} losses", log.sent, log.received, log.losses)));
    if let Some((_, answered)) = log.test {
        let answer = answered.map_or("no answer yet".to_owned(), |ms| format!("answered after {ms} ms"));
        facts.push(("Test prompt", answer));
    }
    facts
}

fn counter(ksn: &str) -> u64 {
    let tail = ksn.get(ksn.len().saturating_sub(6)..).unwrap_or_default();
    u64::from_str_radix(tail, 16).unwrap_or_default() & COUNTER
}

/// The last messages, the newest first: when, which way, name and length.
#[must_use]
pub fn messages(log: &LinkLog) -> String {
    let mut lines = String::new();
    for (at, trace) in log.last.iter().rev() {
        let way = if trace.from_reader { '<' } else { '>' };
        lines.push_str(&format!("{}  {way} {}  {} bytes\n", browser::hh_mm_ss(*at), trace.name, trace.len));
    }
    lines
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    #[test]
    fn the_counter_is_the_last_21_bits() {
        assert_eq!(super::counter("FFFF9876543210E00008"), 8);
        assert_eq!(super::counter("FFFF9876543210FFFFFF"), 0x1F_FFFF);
        assert_eq!(super::counter(""), 0);
    }
}
