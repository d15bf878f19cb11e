//! Random walks of page, proxy and gateway with lost, late, doubled and swapped messages and restarts at any point,
//! against a gateway model that counts charges.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod gateway;
mod office;
mod world;

use proptest::prelude::*;
use world::{Coverage, World};

/// What one walk is made of: which attempt's customers, and up to sixty choices.
fn walk() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 1..=60)
}

fn run(choices: &[u32], attended: bool, coverage: &mut Coverage) -> Result<(), TestCaseError> {
    let mut world = World::new(attended, choices[0] >> 8);
    for &choice in choices {
        world.step(choice);
        world.check()?;
    }
    world.office_hours(choices.iter().fold(1, |seed, choice| seed ^ choice))?;
    world.settle()?;
    coverage.add(&world);
    Ok(())
}

#[test]
fn no_walk_charges_twice_or_lies() {
    let mut coverage = Coverage::default();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 50_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let cell = std::cell::RefCell::new(&mut coverage);
    let result = runner
        .run(&(walk(), any::<bool>()), |(choices, attended)| run(&choices, attended, &mut cell.borrow_mut()));
    if let Err(failure) = result {
        panic!("{failure}");
    }
    // A walk that never gets anywhere would prove nothing.
    coverage.assert_everything_was_seen();
}
