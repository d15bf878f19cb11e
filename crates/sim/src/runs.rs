//! Many worlds on all processors. The result is that of one after the other.

use crate::faults::{Fault, Step};
use crate::office::Tally;
use crate::protections::Setting;
use crate::random::Random;
use crate::world::{World, draw_plan, payments_of};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// What many worlds came to.
#[derive(Debug, Default)]
pub(crate) struct Result {
    pub(crate) payments: u64,
    pub(crate) faults: u64,
    pub(crate) pairs: BTreeMap<(Fault, Step), u64>,
    /// What a put-back store cost: approvals reversed, returns forgotten, charges that only the gateway knows.
    pub(crate) limits: [u64; 3],
    /// What came after the sale.
    pub(crate) tally: Tally,
    pub(crate) failure: Option<Failure>,
}

/// The first world that failed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) seed: u64,
    /// How many payments there were up to it.
    pub(crate) payments: u64,
    pub(crate) what: String,
}

/// Simulates so many payments, or up to the first failure.
pub(crate) fn run(payments: u64, seed: u64, setting: Setting) -> Result {
    let mut random = Random::new(seed);
    let mut seeds = vec![];
    let mut planned = 0;
    while planned < payments {
        let world = random.draw();
        planned += payments_of(world) as u64;
        seeds.push((world, planned));
    }
    let (next, stop) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
    let all = Mutex::new((Result::default(), usize::MAX));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut mine = Result::default();
                loop {
                    let at = next.fetch_add(1, Relaxed);
                    let Some(&(seed, payments)) = seeds.get(at).filter(|_| at < stop.load(Relaxed)) else {
                        break;
                    };
                    let mut world = World::new(seed, draw_plan(seed, setting), setting);
                    world.run();
                    mine.payments += world.payments.len() as u64;
                    mine.faults += world.struck.len() as u64;
                    let limits = [&world.reversed, &world.forgotten, &world.unknown];
                    for (sum, limit) in mine.limits.iter_mut().zip(limits) {
                        *sum += limit.get();
                    }
                    mine.tally.add(&world.office.tally);
                    for pair in &world.struck {
                        *mine.pairs.entry(*pair).or_default() += 1;
                    }
                    if let Some(what) = world.failure {
                        stop.fetch_min(at, Relaxed);
                        let mut all = all.lock().expect("no thread panics");
                        if at < all.1 {
                            all.1 = at;
                            all.0.failure = Some(Failure { seed, payments, what });
                        }
                    }
                }
                let mut all = all.lock().expect("no thread panics");
                all.0.add(mine);
            });
        }
    });
    all.into_inner().expect("no thread panics").0
}

impl Result {
    fn add(&mut self, other: Self) {
        self.payments += other.payments;
        self.faults += other.faults;
        for (sum, limit) in self.limits.iter_mut().zip(other.limits) {
            *sum += limit;
        }
        self.tally.add(&other.tally);
        for (pair, count) in other.pairs {
            *self.pairs.entry(pair).or_default() += count;
        }
    }

    /// Faults a payment, in tenths.
    pub(crate) fn faults_a_payment(&self) -> u64 {
        10 * self.faults / self.payments.max(1)
    }

    pub(crate) fn count(&self, fault: Fault, step: Step) -> u64 {
        self.pairs.get(&(fault, step)).copied().unwrap_or_default()
    }
}
