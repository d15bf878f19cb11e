//! The gateway's days: what is settled, once under each id, and nothing passes while the gate is blocked.

use crate::gateway::{Gateway, Status, form, refusal};
use crate::random::Random;
use crate::world::euro;
use payment::api::{Kind, LaterKind};
use payment::money::Amount;
use proxy::gateway::Reply;
use std::collections::BTreeMap;

/// Count and sum in minor units of sales and captures, and of returns and voids.
pub(crate) type Moved = [(u64, u64); 2];

#[derive(Debug)]
pub(crate) struct Days {
    closings: BTreeMap<String, Day>,
    fates: Vec<Fate>,
    tried: usize,
    /// A known id is answered as the first time; else it is refused as used before.
    repeats: bool,
    blocked_until: u64,
    sum: Moved,
}

#[derive(Debug, Clone)]
struct Day {
    totals: Moved,
    agreed: bool,
    blocked_until: u64,
}

/// What becomes of a request to close the day.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Refused,
    /// The bank says no. A gateway that repeats itself only: where an id is refused as used before, it was taken.
    Disagrees,
    Closes {
        blocked_ms: u64,
    },
}

impl Days {
    pub(crate) fn draw(random: &mut Random) -> Self {
        let repeats = random.percent(50);
        let fates = (0..8).map(|_| Fate::draw(repeats, random)).collect();
        Self { closings: BTreeMap::new(), fates, tried: 0, repeats, blocked_until: 0, sum: [(0, 0); 2] }
    }

    pub(crate) fn is_blocked(&self, now: u64) -> bool {
        now < self.blocked_until
    }

    /// Whether a day was closed under this id.
    pub(crate) fn settled(&self, id: &str) -> bool {
        self.closings.get(id).is_some_and(|day| day.agreed)
    }

    /// What all days together came to.
    pub(crate) fn settled_in_all(&self) -> Moved {
        self.sum
    }
}

impl Fate {
    fn draw(repeats: bool, random: &mut Random) -> Self {
        match random.below(20) {
            0 => Self::Refused,
            1 if repeats => Self::Disagrees,
            2..=12 => Self::Closes { blocked_ms: 0 },
            13..=17 => Self::Closes { blocked_ms: random.between(1_000, 60_000) },
            _ => Self::Closes { blocked_ms: random.between(60_000, 40 * 60_000) },
        }
    }
}

impl Gateway {
    pub(crate) fn close_day(&mut self, id: String, now: u64) -> Reply {
        if let Some(day) = self.day.closings.get(&id) {
            return match self.day.repeats {
                true => answer(day, now),
                false => refusal(Some(200), "day_close_request_id is already used"),
            };
        }
        if self.day.is_blocked(now) {
            return form(&[
                ("type", "error"),
                ("error-code", "9"),
                ("error-message", "the day is being closed"),
            ]);
        }
        let fate = self.day.fates[self.day.tried % self.day.fates.len()];
        self.day.tried += 1;
        let moved = self.moved();
        let days = &mut self.day;
        let today = |at: usize| (moved[at].0 - days.sum[at].0, moved[at].1 - days.sum[at].1);
        let totals = [today(0), today(1)];
        let blocked_ms = match fate {
            Fate::Refused => return refusal(Some(200), "not now"),
            Fate::Disagrees => 0,
            Fate::Closes { blocked_ms } => blocked_ms,
        };
        let agreed = matches!(fate, Fate::Closes { .. });
        if agreed {
            days.sum = moved;
            days.blocked_until = now + blocked_ms;
        }
        let day = Day { totals, agreed, blocked_until: now + blocked_ms };
        let answer = answer(&day, now);
        days.closings.insert(id, day);
        answer
    }

    /// Everything that was approved and moves money: a reserve and its release do not.
    pub(crate) fn moved(&self) -> Moved {
        let mut moved = [(0, 0); 2];
        let mut add = |at: usize, minor: u64| {
            let (count, sum) = &mut moved[at];
            *count += 1;
            *sum += minor;
        };
        for order in self.orders.values() {
            if order.terms.kind == Kind::Sale {
                order.charged.iter().for_each(|minor| add(0, *minor));
            }
            for later in order.later.iter().filter(|later| later.status == Status::Approved) {
                match (later.kind, later.word) {
                    (LaterKind::Capture, _) => add(0, later.minor),
                    (_, "cancel") => {}
                    _ => add(1, later.minor),
                }
            }
        }
        moved
    }
}

fn answer(day: &Day, now: u64) -> Reply {
    let blocked = now < day.blocked_until;
    let major = |minor| Amount::new(minor, euro()).to_major();
    let [(sales, sale), (reversals, reversal)] = day.totals;
    let (sales, sale, reversals, reversal) =
        (sales.to_string(), major(sale), reversals.to_string(), major(reversal));
    let mut fields = vec![
        ("status", if blocked { "processing" } else { "approved" }),
        ("isDayClosing", if blocked { "true" } else { "false" }),
        ("saleApprovedCount", sales.as_str()),
        ("saleAmount", sale.as_str()),
        ("reversalApprovedCount", reversals.as_str()),
        ("reversalAmount", reversal.as_str()),
    ];
    if !blocked {
        fields.push(("code39", if day.agreed { "00" } else { "05" }));
    }
    fields.push(("theRequestSerialNumber", "day"));
    form(&fields)
}
