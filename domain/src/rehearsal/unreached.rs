//! Contacts that are never called, by the reason.

use std::collections::HashMap;

use crate::ids::ContactId;
use crate::phone::PhoneNumber;

/// Reasons that are told apart; what comes after them is put together.
const MOST_REASONS: usize = 100;
const OTHER: &str = "other reasons";

/// Contacts that are never called for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// A few of them.
    pub examples: Vec<Example>,
}

/// One of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Which.
    pub contact: ContactId,
    /// Its number.
    pub phone: PhoneNumber,
    /// What is to be said of this one beyond the reason that it shares with others.
    pub detail: Option<String>,
}

/// All reasons.
#[derive(Debug)]
pub(super) struct Reasons {
    groups: Vec<Unreached>,
    places: HashMap<String, usize>,
    examples: usize,
}

impl Reasons {
    pub(super) fn new(examples: usize) -> Self {
        Self {
            groups: Vec::new(),
            places: HashMap::new(),
            examples,
        }
    }

    /// Counts contacts that are never called.
    pub(super) fn count(&mut self, reason: &str, count: u64) {
        if count > 0 {
            self.group(reason).count += count;
        }
    }

    /// How many examples of this reason are still wanted.
    pub(super) fn wanted(&mut self, reason: &str) -> usize {
        let most = self.examples;
        most - self.group(reason).examples.len().min(most)
    }

    /// Names one of those who are counted, if it is wanted.
    pub(super) fn show(&mut self, reason: &str, example: Example) {
        if self.wanted(reason) > 0 {
            self.group(reason).examples.push(example);
        }
    }

    /// The most frequent first.
    pub(super) fn sorted(self) -> Vec<Unreached> {
        let mut groups = self.groups;
        groups.retain(|group| group.count > 0);
        groups.sort_by(|one, other| other.count.cmp(&one.count).then(one.reason.cmp(&other.reason)));
        groups
    }

    fn group(&mut self, reason: &str) -> &mut Unreached {
        let reason = if self.places.contains_key(reason) || self.groups.len() < MOST_REASONS {
            reason
        } else {
            OTHER
        };
        let groups = &mut self.groups;
        let place = match self.places.get(reason) {
            Some(place) => *place,
            None => {
                groups.push(Unreached {
                    reason: reason.to_owned(),
                    count: 0,
                    examples: Vec::new(),
                });
                self.places.insert(reason.to_owned(), groups.len() - 1);
                groups.len() - 1
            }
        };
        &mut self.groups[place]
    }
}
