//! A store against a map: the same rows written to both at random, and both read alike.
//!
//! `OUTDIAL_SEED=42 cargo test -p outdial-storage model` replays one seed; a failure names its seed.

use std::collections::BTreeMap;
use std::ops::Range;

use fastrand::Rng;
use outdial_storage::batch::Batch;

use crate::stores::Subject;

const SEEDS: u64 = 12;
const STEPS: usize = 120;

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

#[test]
fn a_store_on_disk_reads_as_a_map_does() {
    over_seeds(Subject::on_disk);
}

#[test]
fn a_store_in_memory_reads_as_a_map_does() {
    over_seeds(Subject::at_once);
}

#[test]
fn a_store_in_memory_that_is_flushed_reads_as_a_map_does() {
    over_seeds(Subject::on_flush);
}

fn over_seeds(subject: fn() -> Subject) {
    let seed = std::env::var("OUTDIAL_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seeds = seed.map_or(0..SEEDS, |seed| seed..seed + 1);
    for seed in seeds {
        compare(&mut subject(), seed);
    }
}

fn compare(subject: &mut Subject, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut model = Model::new();
    for step in 0..STEPS {
        let tickets: Vec<_> = (0..rng.usize(1..4))
            .map(|_| subject.commit(random_batch(&mut rng, &mut model)))
            .collect();
        subject.settle();
        for ticket in tickets {
            ticket.wait().unwrap();
        }
        if rng.u8(..) < 16 {
            subject.reopen();
        }
        let store = subject.store();
        let key = random_key(&mut rng);
        assert_eq!(
            store.get(&key).unwrap().as_ref(),
            model.get(&key),
            "seed {seed}, step {step}: {key:?}"
        );
        let range = random_key(&mut rng)..random_key(&mut rng);
        let limit = rng.usize(0..40);
        let forth: Vec<_> = within(&model, &range).take(limit).collect();
        assert_eq!(
            store.scan(range.clone(), limit).unwrap(),
            forth,
            "seed {seed}, step {step}: {range:?}, limit {limit}"
        );
        let back: Vec<_> = within(&model, &range).rev().take(limit).collect();
        assert_eq!(
            store.scan_back(range.clone(), limit).unwrap(),
            back,
            "seed {seed}, step {step}: {range:?} back, limit {limit}"
        );
    }
    let everything = subject
        .store()
        .scan(vec![TAG]..vec![TAG + 1], usize::MAX)
        .unwrap();
    assert!(everything.into_iter().eq(model), "seed {seed}, at the end");
}

/// Away from what the store keeps of itself.
const TAG: u8 = 0x60;

/// Short keys of few bytes, so that many are met again and many are prefixes of others.
fn random_key(rng: &mut Rng) -> Vec<u8> {
    let mut key = vec![TAG];
    for _ in 0..rng.usize(0..4) {
        key.push([0, 1, 2, 127, 254, 255][rng.usize(0..6)]);
    }
    key
}

/// Rows for a batch, which the model takes in at once.
fn random_batch(rng: &mut Rng, model: &mut Model) -> Batch {
    let mut batch = Batch::new();
    for _ in 0..rng.usize(0..20) {
        let key = random_key(rng);
        if rng.u8(..) < 100 {
            model.remove(&key);
            batch.delete(key);
        } else {
            let size = if rng.u8(..) < 4 { 9000 } else { rng.usize(0..40) };
            let value = vec![rng.u8(..); size];
            model.insert(key.clone(), value.clone());
            batch.put(key, value);
        }
    }
    batch
}

fn within(model: &Model, range: &Range<Vec<u8>>) -> impl DoubleEndedIterator<Item = (Vec<u8>, Vec<u8>)> {
    let rows: Vec<_> = model
        .iter()
        .filter(|(key, _)| range.contains::<Vec<u8>>(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    rows.into_iter()
}
