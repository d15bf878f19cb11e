//! The corpus, and a hundredth of a fuzzing run: the same inputs each time, without coverage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use fuzz::{MAX_INPUT, Mutants, TARGETS, Target};

/// A hundredth of what `cargo xtask fuzz` is asked for.
const EXECS: usize = 100_000;

/// What a clone downloads for all corpora, in bytes.
const ALL_CORPORA: usize = 300_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = folder().join(target.name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let inputs: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(!inputs.is_empty(), "{} has no first input", target.name);
    inputs
}

/// Says which input it was when the target panics.
fn check(target: &Target, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| target.check(input))).is_err() {
        let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
        panic!("{} fails on {hex}", target.name);
    }
}

/// Runs each target once, as many at a time as there are processors.
fn each_target(run: impl Fn(&Target) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                // The last in the table take longest, so they go first.
                while let Some(target) = TARGETS.iter().rev().nth(next.fetch_add(1, Relaxed)) {
                    run(target);
                }
            });
        }
    });
}

#[test]
fn the_corpus_stands() {
    each_target(|target| corpus(target).iter().for_each(|input| check(target, input)));
}

/// As much of something as fits, which the corpus, being small, does not have.
#[test]
fn the_densest_inputs_stand() {
    const DENSE: [&[u8]; 12] = [
        b"\x01\x00",
        b"\x01\x00\x00",
        b"\xFF",
        b"&",
        b"a&",
        b"=&",
        b"%",
        b"%FF",
        b"\xFF&",
        b"a=%00&",
        b"[",
        b"{\"\":0},",
    ];
    each_target(|target| {
        for part in DENSE {
            check(target, &part.repeat(MAX_INPUT / part.len()));
            // As JSON of each kind, a list of them.
            for kind in 0..16 {
                let list = [&[kind, b'['], &part.repeat(MAX_INPUT / part.len() - 1)[..]].concat();
                check(target, &[&list[..list.len() - 1], b"]"].concat());
            }
        }
    });
}

#[test]
fn a_hundredth_of_a_fuzzing_run_stands() {
    each_target(|target| {
        let corpus = corpus(target);
        check(target, &[]);
        Mutants::new(&corpus, 1).take(EXECS).for_each(|input| check(target, &input));
    });
}

#[test]
fn each_corpus_belongs_to_a_target_and_is_small() {
    let names: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len());
    let folders: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, names);
    let inputs: Vec<_> = TARGETS.iter().flat_map(corpus).collect();
    assert!(inputs.iter().all(|input| input.len() <= MAX_INPUT));
    assert!(inputs.iter().map(Vec::len).sum::<usize>() <= ALL_CORPORA);
}

#[test]
fn mutants_are_the_same_each_time_and_differ() {
    let corpus = [b"one".to_vec(), b"another".to_vec()];
    let inputs = |seed| Mutants::new(&corpus, seed).take(1000).collect::<Vec<_>>();
    assert_eq!(inputs(1), inputs(1));
    assert_ne!(inputs(1), inputs(2));
    assert!(inputs(1).into_iter().collect::<BTreeSet<_>>().len() > 500);
}

#[test]
fn a_target_that_holds_too_much_fails() {
    let run = |input: &[u8]| drop(vec![0_u8; input.len() * input.len()]);
    let greedy = Target { name: "greedy", run, heap: 100, heap_per_byte: 10 };
    greedy.check(&[0; 16]);
    assert!(catch_unwind(|| greedy.check(&[0; 17])).is_err());
}
