//! What the reader page says, on the screen and in the file for support.

use crate::browser;
use crate::desk::LinkLog;
use language::say;
use reader::{Identity, Power};

/// The DUKPT counter is the last 21 bits of a key serial number (X9.24-1).
const COUNTER: u64 = 0x1F_FFFF;

/// Who the reader is and how its link does: labels and values.
#[must_use]
pub fn facts(state: String, identity: Option<&Identity>, log: &LinkLog) -> Vec<(&'static str, String)> {
    let mut facts = vec![(say::fact_state(), state)];
    if let Some(identity) = identity {
        facts.push((say::fact_family(), identity.family.title.to_owned()));
        facts.push((say::fact_serial(), identity.serial.clone()));
        facts.extend(
            identity
                .software
                .iter()
                .map(|part| (say::fact_software(), format!("{} {}", part.name, part.version))),
        );
        if let Some(battery) = identity.battery {
            let power = match battery.power {
                Power::Battery => say::on_battery(),
                Power::Charging => say::charging(),
                Power::Full => say::full(),
                Power::Fault(_) => say::charger_fault(),
            };
            facts.push((say::fact_battery(), say::battery_percent(&battery.percent.to_string(), power)));
        }
        if let Some(ksn) = &identity.ksn {
            facts.push((say::fact_ksn(), say::counter(ksn, &counter(ksn).to_string())));
        }
        facts.push((say::fact_pin_key(), if identity.pin_ready { say::yes() } else { say::no() }.to_owned()));
    }
    if let Some(ready_at) = log.ready_at {
        facts.push((say::fact_ready_since(), browser::hh_mm(ready_at)));
    }
    let [sent, received, losses] = [log.sent, log.received, log.losses].map(|count| count.to_string());
    facts.push((say::fact_messages(), say::messages_counted(&sent, &received, &losses)));
    if let Some((_, answered)) = log.test {
        let answer = answered
            .map_or_else(|| say::no_answer_yet().to_owned(), |ms| say::answered_after(&ms.to_string()));
        facts.push((say::test_prompt(), answer));
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
        let message = say::bytes_message(trace.name, &trace.len.to_string());
        lines.push_str(&format!("{}  {way} {message}\n", browser::hh_mm_ss(*at)));
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
