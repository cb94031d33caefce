//! What is assumed of calls: how they end, and how long they take.

use crate::attempt::Outcome;
use crate::ids::ContactId;

/// How often calls end in which way, in proportion to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Answered by a person.
    pub completed: f64,
    /// Nobody picks up.
    pub no_answer: f64,
    /// The line is busy.
    pub busy: f64,
    /// An answering machine picks up.
    pub machine: f64,
    /// The call cannot be connected.
    pub failed: f64,
}

impl Default for Weights {
    /// Half of the calls are answered, a third rings out, and the rest is busy or a machine.
    fn default() -> Self {
        Self {
            completed: 0.5,
            no_answer: 0.3,
            busy: 0.1,
            machine: 0.1,
            failed: 0.0,
        }
    }
}

impl Weights {
    /// Each with the outcome that it is about.
    pub fn by_outcome(&self) -> [(Outcome, f64); 5] {
        [
            (Outcome::Completed, self.completed),
            (Outcome::NoAnswer, self.no_answer),
            (Outcome::Busy, self.busy),
            (Outcome::Machine, self.machine),
            (Outcome::Failed, self.failed),
        ]
    }
}

/// What is assumed of calls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assumptions {
    /// How they end.
    pub weights: Weights,
    /// How long a phone rings before it is answered, busy or refused; nobody answering takes the campaign's whole
    /// ring timeout.
    pub ring_seconds: u32,
    /// How long an answered call lasts behind that.
    pub talk_seconds: u32,
    /// Which of the many ways in which chance may fall.
    pub seed: u64,
}

impl Default for Assumptions {
    /// Twenty seconds of ringing and a minute of talk.
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            ring_seconds: 20,
            talk_seconds: 60,
            seed: 1,
        }
    }
}

impl Assumptions {
    /// How the how-manieth try of a contact ends. It depends on nothing else, so that two rehearsals of the same
    /// contacts differ by what was changed between them, and not by how chance falls.
    pub fn outcome(&self, contact: ContactId, number: u32) -> Outcome {
        let place =
            u64::from(contact.lane.0) << 48 | u64::from(contact.block) << 16 | u64::from(contact.place);
        let chance = share(mixed(mixed(mixed(self.seed) ^ place) ^ u64::from(number)));
        let weights = self.weights.by_outcome();
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let mut left = chance * total;
        let mut last = Outcome::Completed;
        for (outcome, weight) in weights {
            if weight > 0.0 {
                last = outcome;
                if left < weight {
                    break;
                }
            }
            left -= weight;
        }
        last
    }
}

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014), behind its increment.
fn mixed(state: u64) -> u64 {
    let mut bits = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// From 0 to less than 1, by 53 bits.
fn share(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LaneId;

    fn contact(n: u32) -> ContactId {
        ContactId {
            lane: LaneId(3),
            block: n >> 8,
            place: n as u8,
        }
    }

    #[test]
    fn outcomes_come_as_often_as_they_weigh() {
        let assumed = Assumptions {
            weights: Weights {
                completed: 5.0,
                no_answer: 3.0,
                busy: 0.0,
                machine: 1.0,
                failed: 1.0,
            },
            ..Assumptions::default()
        };
        let drawn: Vec<Outcome> = (0..50_000u32)
            .flat_map(|n| [1, 2].map(|number| assumed.outcome(contact(n), number)))
            .collect();
        for (outcome, weight) in assumed.weights.by_outcome() {
            let share = drawn.iter().filter(|drawn| **drawn == outcome).count() as f64 / 1e5;
            assert!(
                (share - weight / 10.0).abs() < 0.005,
                "{outcome:?} in {share} of all cases"
            );
        }
    }

    #[test]
    fn a_try_of_a_contact_ends_the_same_way_whenever_it_is_asked_and_another_seed_makes_another_world() {
        let one = Assumptions::default();
        let other = Assumptions { seed: 2, ..one };
        let all = |assumed: &Assumptions| -> Vec<Outcome> {
            (0..100).map(|n| assumed.outcome(contact(n), 1)).collect()
        };
        assert_eq!(all(&one), all(&one));
        assert_ne!(all(&one), all(&other));
    }
}
