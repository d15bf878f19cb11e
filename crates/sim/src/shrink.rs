//! From a failing seed to the fewest faults that still make it fail.

use crate::faults::Planned;
use crate::protections::Setting;
use crate::world::{World, draw_plan};

/// Takes away every fault that is not needed, until none can be left out.
fn fewest(seed: u64, setting: Setting) -> Vec<Planned> {
    let fails = |plan: &[Planned]| {
        let mut world = World::new(seed, plan.to_vec(), setting);
        world.run();
        world.failure.is_some()
    };
    let mut plan = draw_plan(seed, setting);
    let mut size = plan.len() / 2;
    while size > 0 {
        let before = plan.len();
        let mut at = 0;
        while at < plan.len() {
            let mut fewer = plan.clone();
            fewer.drain(at..(at + size).min(plan.len()));
            if fails(&fewer) {
                plan = fewer;
            } else {
                at += size;
            }
        }
        if plan.len() == before || size > 1 {
            size /= 2;
        }
    }
    plan
}

/// The story of a failing seed with the fewest faults, as text.
pub(crate) fn story(seed: u64, setting: Setting) -> String {
    let plan = fewest(seed, setting);
    let mut world = World::new(seed, plan.clone(), setting);
    world.trace = Some(vec![]);
    world.run();
    let lines = world.trace.take().unwrap_or_default().join("\n");
    let faults: Vec<_> = plan.iter().map(|planned| format!("  {planned:?}")).collect();
    let failure = world.failure.unwrap_or_else(|| "nothing fails".to_owned());
    format!("{lines}\n\nworld {seed}: {failure}\nfaults that are needed:\n{}", faults.join("\n"))
}
