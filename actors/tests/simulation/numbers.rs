//! The numbers of the simulated campaign: added directly, or read from a list.

use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::ids::ImportId;
use outdial_domain::import::{Candidate, Chunk, Import, ImportState};
use outdial_domain::list_columns::ChosenColumns;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::settings::Pacing;
use outdial_domain::step::Input;
use outdial_domain::time::Millis;
use outdial_storage::read;
use uuid::Uuid;

use crate::carrier::chance;
use crate::happening::{Asked, Happening};
use crate::rules;
use crate::world::World;

pub const FIRST_NUMBER: u64 = 12_025_550_000;

impl World {
    fn candidates(&mut self, numbers: &[u64]) -> Vec<Candidate> {
        let now = self.clock();
        let has_columns = self.settings.audience.is_some();
        let is_far = self.is_far;
        let candidate = |(row, number): (usize, &u64)| Candidate {
            row: row as u64 + 2,
            new: NewContact {
                contact: Contact {
                    phone: PhoneNumber::from_digits(*number).unwrap(),
                    name: None,
                    email: None,
                    timezone: None,
                    person_id: None,
                    custom_data: if has_columns {
                        rules::custom_data(*number)
                    } else {
                        String::new()
                    },
                },
                zones: rules::zones_of(*number, is_far),
                not_before: number
                    .is_multiple_of(11)
                    .then(|| now + Millis::seconds((number % 7_000) as i64)),
            },
            known: None,
        };
        numbers.iter().enumerate().map(candidate).collect()
    }

    /// New numbers, with some that were there before.
    fn numbers(&mut self, count: u64) -> Vec<u64> {
        (0..count)
            .map(|_| {
                if self.next_number > FIRST_NUMBER && chance(&mut self.rng, 0.1) {
                    self.rng.u64(FIRST_NUMBER..self.next_number)
                } else {
                    self.next_number += 1;
                    self.next_number - 1
                }
            })
            .collect()
    }

    pub fn add_contacts(&mut self, count: u64) {
        let numbers = self.numbers(count);
        let candidates = self.candidates(&numbers);
        self.ask(Input::AddContacts(candidates), Asked::Add(count));
    }

    pub fn open_list(&mut self) {
        let has_open = self.open_imports().next().is_some();
        if has_open || !self.is_up() {
            return;
        }
        let most = if self.is_recurring() { 12 } else { 60 };
        let count = self.rng.u64(0..most);
        self.list = self.numbers(count);
        let import = Import {
            id: ImportId(Uuid::from_u128(u128::from(self.order) << 8 | 1)),
            file_name: "list.csv".to_owned(),
            default_region: "US".to_owned(),
            sheet: None,
            columns: ChosenColumns::default(),
            state: ImportState::Running,
            rows_read: 0,
            bytes_total: count,
            bytes_read: 0,
            imported: 0,
            duplicates: 0,
            rejected: 0,
            created_at: self.clock(),
            ended_at: None,
        };
        self.ask(Input::OpenImport(import), Asked::Chunk);
    }

    pub fn open_imports(&self) -> impl Iterator<Item = Import> + use<> {
        let imports = read::imports(self.store.as_ref(), self.campaign).unwrap();
        imports
            .into_iter()
            .filter(|import| import.state == ImportState::Running)
    }

    /// Reads the next rows of the open list, from where the store says that it was left: a few chunks, of which the
    /// later do not wait until the earlier are durable.
    pub fn read_import(&mut self, life: u32) {
        if life != self.life || self.going_to_sleep {
            return;
        }
        let Some(import) = self.open_imports().next() else {
            return;
        };
        let mut read = import.rows_read as usize;
        for _ in 0..self.rng.usize(1..4) {
            // Whoever reads for one life tells the next nothing: that reads on by itself from what is durable.
            if life != self.life || self.going_to_sleep {
                return;
            }
            let upto = (read + self.rng.usize(1..20)).min(self.list.len());
            let rows = self.list[read..upto].to_vec();
            let candidates = self.candidates(&rows);
            let ends = (upto == self.list.len()).then_some(ImportState::Completed);
            let goes_on = ends.is_none();
            let chunk = Chunk {
                import: import.id,
                rows_read: upto as u64,
                bytes_read: upto as u64,
                candidates,
                rejected: Vec::new(),
                ends,
            };
            self.ask(Input::ImportChunk(chunk), Asked::Chunk);
            if !goes_on {
                return;
            }
            read = upto;
        }
        // The next chunks are read once these are durable.
        self.after(Millis(5_000), Happening::ReadImport { life });
    }

    /// From one start to the next, at least this.
    pub fn interval(&self) -> Millis {
        interval(self.settings.pacing)
    }
}

/// From one start to the next, at least this.
pub fn interval(pacing: Pacing) -> Millis {
    let even = 60_000 / i64::from(pacing.per_minute);
    Millis(even.max(i64::from(pacing.delay_seconds) * 1000))
}
