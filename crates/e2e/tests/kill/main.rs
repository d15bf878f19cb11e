//! `kill -9` of proxy, gateway and browser, each at each step of a payment, on real processes with their real files.
//!
//! Without a word each step is struck once, by one victim in turn. `matrix` is every step with all victims, the name of a
//! step is one row of that, and `burst SEED` the proxy killed amid its writes, at moments drawn from the seed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a harness fails its run"
)]

mod books;
mod burst;
mod file;
mod step;
mod victims;

use e2e::{Habits, Shop};
use std::fs;
use std::process::ExitCode;
use step::Step;
use victims::Victims;

/// How often the proxy is killed amid its writes, in the ordinary run and in the matrix.
const ROUNDS: [u32; 2] = [10, 60];

/// Something to be played, and its name.
#[derive(Clone, Copy)]
enum Scene {
    Strike(Step, Victims),
    Burst { rounds: u32, seed: u64 },
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(scenes) = chosen(&words) else {
        let names: Vec<_> = Step::ALL.iter().map(|step| step.name()).collect();
        println!("what is struck is one of: matrix, burst SEED, {}", names.join(", "));
        return ExitCode::FAILURE;
    };
    let count = scenes.len();
    println!("{:<20}  {:<21}  seen", "step", "killed");
    let failed = e2e::play(scenes, Scene::play, |scene, seen| {
        let (step, victims) = scene.name();
        println!("{step:<20}  {victims:<21}  {}", seen.as_deref().unwrap_or("FAILED"));
    });
    println!("\n{count} played, {failed} failed");
    if failed == 0 && count > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn chosen(words: &[&str]) -> Option<Vec<Scene>> {
    let row = |step: &Step| Victims::ALL.map(|victims| Scene::Strike(*step, victims));
    Some(match words {
        [] => {
            let in_turn = Victims::ALL.iter().take(Victims::ALONE).cycle();
            let strikes = Step::ALL.iter().zip(in_turn).map(|(step, who)| Scene::Strike(*step, *who));
            [Scene::Burst { rounds: ROUNDS[0], seed: 1 }].into_iter().chain(strikes).collect()
        }
        ["matrix"] => [Scene::Burst { rounds: ROUNDS[1], seed: 1 }]
            .into_iter()
            .chain(Step::ALL.iter().flat_map(row))
            .collect(),
        ["burst", seed] => vec![Scene::Burst { rounds: ROUNDS[1], seed: seed.parse().ok()? }],
        [name] => row(Step::ALL.iter().find(|step| step.name() == *name)?).into(),
        _ => return None,
    })
}

impl Scene {
    fn name(self) -> (&'static str, String) {
        match self {
            Self::Strike(step, victims) => (step.name(), victims.to_string()),
            Self::Burst { rounds, .. } => ("burst", format!("proxy, {rounds} times")),
        }
    }

    async fn play(self) -> String {
        match self {
            Self::Strike(step, victims) => strike(step, victims).await,
            Self::Burst { rounds, seed } => burst::burst(rounds, seed).await,
        }
    }
}

async fn strike(step: Step, victims: Victims) -> String {
    let scenario = format!("kill-{}-{victims}", step.name());
    let mut shop = Shop::open_with(&scenario, Habits { lasting: true, ..Habits::default() }).await;
    step.hold(&shop).await;

    if victims.browser {
        shop.till.kill();
    }
    if victims.gateway {
        shop.gateway.stop();
    }
    if victims.proxy {
        shop.proxy.stop();
        file::check_killed(&shop.proxy.database()).await;
    }
    if victims.gateway {
        shop.gateway.run().await;
    }
    step.bank_goes_on(&shop, victims);
    if !victims.browser {
        step.till_goes_on(&shop, victims).await;
    }
    if victims.proxy {
        shop.proxy.run().await;
    }
    if victims.browser {
        shop.restart_till().await;
    }

    let money = step.ends(&shop, victims).await;
    let seen = books::agree(&shop, money).await;
    shop.proxy.shut_down();
    file::check_stopped(&shop.proxy.database()).await;
    let profile = shop.folder.join("profile");
    drop(shop);
    fs::remove_dir_all(profile).unwrap();
    seen
}
