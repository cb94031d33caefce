//! What is durable, in the domain's types: every row as it came through the store's tap.

use std::collections::BTreeMap;

use outdial_domain::attempt::{Attempt, AttemptState};
use outdial_domain::contact::{Contact, ContactState, ContactStatus};
use outdial_domain::counters::Counters;
use outdial_domain::ids::{AttemptId, ContactId, LaneId};
use outdial_domain::lane::LaneState;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::{Definition, Settings};
use outdial_domain::tally::{Minute, Tallies, Tally};
use outdial_storage::keys::{self, Table};
use outdial_storage::records::{
    AttemptV2, BlockV1, ContactStateV2, DefinitionV5, EventsV2, LaneV2, LoggedEvent, ProgressV2, Record,
    RunsV1, TallyV1, Unreadable, decode_into,
};
use outdial_storage::tap::Group;

pub struct Mirror {
    pub progress: Progress,
    pub lanes: BTreeMap<LaneId, LaneState>,
    pub numbers: BTreeMap<ContactId, PhoneNumber>,
    /// Of those who were touched.
    pub states: BTreeMap<ContactId, ContactState>,
    pub attempts: BTreeMap<AttemptId, Attempt>,
    pub runs: Runs,
    /// What each sheet knows of each minute, by the row's key.
    pub tallies: BTreeMap<Vec<u8>, Tally>,
    /// Every configuration that it had, by version.
    pub versions: BTreeMap<u32, Settings>,
    pub is_deleted: bool,
    /// The number of the last event.
    pub last_event: u64,
}

/// What a batch has changed, each as it was before.
#[derive(Default)]
pub struct Before {
    pub progress: Option<Progress>,
    /// Whether the configuration is another one.
    pub is_edited: bool,
    pub runs: Option<Runs>,
    pub lanes: BTreeMap<LaneId, Option<LaneState>>,
    pub states: Vec<(ContactId, Option<ContactState>)>,
    pub attempts: Vec<(AttemptId, Option<Attempt>)>,
    /// What the batch tells, by number.
    pub events: Vec<(u64, LoggedEvent)>,
}

impl Mirror {
    pub fn new(progress: Progress) -> Self {
        Self {
            progress,
            lanes: BTreeMap::new(),
            numbers: BTreeMap::new(),
            states: BTreeMap::new(),
            attempts: BTreeMap::new(),
            runs: Runs::default(),
            tallies: BTreeMap::new(),
            versions: BTreeMap::new(),
            is_deleted: false,
            last_event: 0,
        }
    }

    /// Takes in the rows of one batch.
    pub fn take(&mut self, group: &Group) -> Before {
        let mut before = Before::default();
        for (key, value) in group.iter() {
            let is_of = |table: Table| key[0] == table as u8;
            let Some(value) = value else {
                assert!(
                    !is_of(Table::Attempt) && !is_of(Table::Contact) && !is_of(Table::Block),
                    "what was written of attempts and contacts is never deleted"
                );
                self.is_deleted |= is_of(Table::Definition);
                continue;
            };
            if is_of(Table::Definition) {
                let definition = read::<DefinitionV5, Definition>(value);
                before.is_edited = true;
                self.versions
                    .insert(definition.config_version, definition.settings);
            } else if is_of(Table::Progress) {
                let progress = read::<ProgressV2, _>(value);
                before.progress = Some(std::mem::replace(&mut self.progress, progress));
            } else if is_of(Table::Lane) {
                let id = LaneId(u16::from_be_bytes([key[17], key[18]]));
                let old = self.lanes.insert(id, read::<LaneV2, _>(value));
                before.lanes.insert(id, old);
            } else if is_of(Table::Runs) {
                let runs = read::<RunsV1, _>(value);
                before.runs = Some(std::mem::replace(&mut self.runs, runs));
            } else if is_of(Table::Tally) {
                self.tallies.insert(key.clone(), read::<TallyV1, _>(value));
            } else if is_of(Table::Block) {
                let (lane, block) = keys::block_of(key).unwrap();
                let contacts: Vec<Contact> = read::<BlockV1, _>(value);
                let place = |place| ContactId {
                    lane,
                    block,
                    place: place as u8,
                };
                let numbers = contacts.iter().enumerate();
                self.numbers
                    .extend(numbers.map(|(index, contact)| (place(index), contact.phone)));
            } else if is_of(Table::Contact) {
                let id = keys::from_locator(&key[17..]).unwrap();
                let old = self.states.insert(id, read::<ContactStateV2, _>(value));
                before.states.push((id, old));
            } else if is_of(Table::Attempt) {
                let attempt: Attempt = read::<AttemptV2, _>(value);
                let id = attempt.id;
                before.attempts.push((id, self.attempts.insert(id, attempt)));
            } else if is_of(Table::Event) {
                let first = keys::event_seq(key).unwrap();
                assert_eq!(first, self.last_event + 1, "events become durable in their order");
                let events: Vec<LoggedEvent> = read::<EventsV2, _>(value);
                self.last_event += events.len() as u64;
                before.events.extend((first..).zip(events));
            }
        }
        before
    }

    /// What is known of a contact in the present run, if it was touched in it.
    pub fn state(&self, contact: ContactId) -> Option<&ContactState> {
        let state = self.states.get(&contact);
        state.filter(|state| state.run == self.progress.run)
    }

    /// Where a contact stands.
    pub fn standing(&self, contact: ContactId) -> ContactStatus {
        let skipped = self.lanes[&contact.lane].skipped.is_some();
        self.standing_in(contact, self.progress.run, skipped)
    }

    /// Where a contact stands in a run, its lane being given up or not.
    pub fn standing_in(&self, contact: ContactId, run: u32, skipped: bool) -> ContactStatus {
        let stored = self.states.get(&contact).filter(|state| state.run == run);
        let status = stored.map_or(ContactStatus::Pending, |state| state.status);
        match status {
            ContactStatus::Pending if skipped || self.progress.closed.is_some() => ContactStatus::Skipped,
            status => status,
        }
    }

    /// Why the lane was given up, in the run that a batch belongs to: the end of a run lets them open again.
    pub fn given_up<'a>(&'a self, lane: LaneId, run: u32, before: &'a Before) -> Option<&'a str> {
        let new = &self.lanes[&lane];
        let old = before.lanes.get(&lane).and_then(Option::as_ref);
        let then = old.filter(|_| run < self.progress.run).unwrap_or(new);
        then.skipped.as_deref()
    }

    /// Those who are to be tried.
    pub fn pending(&self) -> impl Iterator<Item = ContactId> {
        let all = self.numbers.keys().copied();
        all.filter(|contact| self.standing(*contact) == ContactStatus::Pending)
    }

    /// The figures, counted from the rows.
    pub fn fold(&self) -> Counters {
        self.fold_in(self.progress.run, &Before::default())
    }

    /// What happened minute by minute, by all sheets.
    pub fn tallies(&self) -> Tallies {
        let mut tallies = Tallies::new();
        for (key, tally) in &self.tallies {
            let minute = keys::tally_minute(key).unwrap();
            tallies.entry(minute).or_default().add(tally);
        }
        tallies
    }

    /// The same, counted from the attempts.
    pub fn fold_of_tallies(&self) -> Tallies {
        let mut fold = Tallies::new();
        for attempt in self.attempts.values() {
            if let Some(at) = attempt.placed_at {
                fold.entry(Minute::of(at)).or_default().started += 1;
            }
            if let Some(outcome) = attempt.state.outcome() {
                let at = attempt.ended_at.expect("what is over has ended");
                fold.entry(Minute::of(at)).or_default().ended[outcome as usize] += 1;
            }
        }
        fold
    }

    /// The figures of a run that ends with a batch, or of the present one.
    pub fn fold_in(&self, run: u32, before: &Before) -> Counters {
        let mut fold = Counters::default();
        for contact in self.numbers.keys() {
            let skipped = self.given_up(contact.lane, run, before).is_some();
            fold.total += 1;
            match self.standing_in(*contact, run, skipped) {
                ContactStatus::Pending => fold.pending += 1,
                ContactStatus::Calling => fold.calling += 1,
                ContactStatus::Completed => fold.completed += 1,
                ContactStatus::Failed => fold.failed += 1,
                ContactStatus::Skipped => fold.skipped += 1,
            }
        }
        add_attempts(
            &mut fold,
            self.attempts.values().filter(|attempt| attempt.run == run),
        );
        fold
    }
}

/// Adds the figures of attempts.
pub fn add_attempts<'a>(fold: &mut Counters, attempts: impl Iterator<Item = &'a Attempt>) {
    for attempt in attempts {
        fold.attempts += u64::from(attempt.state.is_counted());
        fold.unknown += u64::from(attempt.state == AttemptState::Unknown);
        if let Some(outcome) = attempt.state.outcome() {
            fold.outcomes[outcome as usize] += 1;
            let seconds = u64::from(attempt.duration_seconds.unwrap_or(0));
            fold.talk_seconds += seconds;
            fold.talked += u64::from(seconds > 0);
        }
        fold.sentiment += attempt.result.sentiment.unwrap_or(0);
        fold.rated += u64::from(attempt.result.sentiment.is_some());
    }
}

fn read<R: Record + TryInto<T, Error = Unreadable>, T>(value: &[u8]) -> T {
    decode_into::<R, T>(value).unwrap()
}
