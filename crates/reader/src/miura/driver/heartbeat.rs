//! A sign of life while nothing is going on, and the battery with it.

use tlv::tag;

use super::MiuraDriver;
use crate::miura::Answer;
use crate::{Battery, Event, Power, State};

/// BATTERY_STATUS is asked after so long a silence.
const HEARTBEAT_MS: u64 = 2_000;
/// Its answer only needs the device's processor. With the silence before it, a silent reader is known within five
/// seconds.
pub(super) const HEARTBEAT_ANSWER_MS: u64 = 2_500;

/// Below this charge, in percent, no payment is begun unless a cable feeds the reader. A choice of ours: what is left
/// has to last until the card has decided on the issuer's answer, with the display lit for up to five minutes.
const LOW_BATTERY: u8 = 5;

impl MiuraDriver {
    /// When the reader has to be asked whether it is still there. Between the reading of a chip or a tap and CONTINUE it
    /// is left alone: it is not public what it bears then, and losing the card there costs more than knowing late.
    pub(super) fn heartbeat_at(&self) -> Option<u64> {
        let waits = match self.state {
            State::Idle | State::AwaitingCard | State::AwaitingRemoval => true,
            State::AwaitingIssuer => !self.emv_open(),
            _ => false,
        };
        let free = self.outstanding.is_none() && self.aborting.is_none() && self.queue.is_empty();
        (waits && free).then_some(self.heard_at + HEARTBEAT_MS)
    }

    /// The answer to BATTERY_STATUS. A reader that cannot say it has no battery as far as we know.
    pub(super) fn battery(&mut self, answer: Answer<'_>) {
        let byte = |tag| tlv::find(answer.body, tag).ok().flatten().and_then(|value| value.first().copied());
        let battery = byte(tag::BATTERY).zip(byte(tag::CHARGING)).map(|(percent, power)| {
            let power = match power {
                0 => Power::Battery,
                1 => Power::Charging,
                2 => Power::Full,
                fault => Power::Fault(fault),
            };
            Battery { percent: percent.min(100), power }
        });
        if self.state != State::Identifying
            && battery != self.identity.battery
            && let Some(battery) = battery
        {
            self.tell(Event::Battery(battery));
        }
        self.identity.battery = battery.or(self.identity.battery);
    }

    pub(super) fn battery_is_low(&self) -> bool {
        let fed = |power| matches!(power, Power::Charging | Power::Full);
        self.identity.battery.is_some_and(|battery| battery.percent < LOW_BATTERY && !fed(battery.power))
    }
}
