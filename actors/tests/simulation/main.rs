//! Seeded runs of the real campaign engine in a simulated world: a virtual clock that may be set, a store that
//! crashes and fails, a carrier that drops, duplicates, delays and reorders, calls that are answered by people
//! and by machines, and people who pause, resume, add, tell, forbid and cancel at random. Some campaigns recur, keep
//! holiday calendars that change, heed laws, have an audience, or call where clocks change. Every invariant of
//! ARCHITECTURE.md that concerns a campaign is asserted after every batch of rows and after every step.
//!
//! `OUTDIAL_SEED=42 cargo test --test simulation` replays one seed, with its story on stderr;
//! `OUTDIAL_SEEDS=100000` runs more of them than the default.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may stop at what it does not expect, and tells its seed"
)]

mod call;
mod carrier;
mod chance;
mod clock;
mod clocks;
mod conversation;
mod deleting;
mod disk;
mod editing;
mod effects;
mod happening;
mod holidays;
mod invariants;
mod lives;
mod mirror;
mod news;
mod numbers;
mod people;
mod rules;
mod stops;
mod world;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};

use world::World;

const DEFAULT_SEEDS: u64 = 15_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs seeds on every core; panics with the first that fails.
fn run_seeds(seeds: std::ops::Range<u64>) {
    let next = AtomicU64::new(seeds.start);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let run = std::panic::catch_unwind(AssertUnwindSafe(|| World::new(seed, false).run()));
                    if let Err(panic) = run {
                        next.store(u64::MAX / 2, Ordering::Relaxed);
                        eprintln!("seed {seed} failed; replay it with OUTDIAL_SEED={seed}");
                        std::panic::resume_unwind(panic);
                    }
                }
            });
        }
    });
}

#[test]
fn every_invariant_holds_in_every_seeded_world() {
    if let Some(seed) = number("OUTDIAL_SEED") {
        World::new(seed, true).run();
        return;
    }
    let first = number("OUTDIAL_FIRST_SEED").unwrap_or(0);
    let count = number("OUTDIAL_SEEDS").unwrap_or(DEFAULT_SEEDS);
    eprintln!("seeds {first} to {}", first + count - 1);
    run_seeds(first..first + count);
}

/// London and Kolkata have no minute of the windows in common, until London changes its clocks two weeks after the
/// last fault: that is waited for, and then everybody is called.
#[test]
fn a_lane_that_opens_when_clocks_change_is_waited_for() {
    World::new(13_906, false).run();
}
