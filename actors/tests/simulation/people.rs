//! What people do to the simulated campaign: they command it, add contacts, and upload lists.

use chrono_tz::Tz;
use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::ids::ImportId;
use outdial_domain::import::{Candidate, Chunk, Import, ImportState};
use outdial_domain::lifecycle::Command;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::Input;
use outdial_domain::time::Millis;
use outdial_storage::read;
use uuid::Uuid;

use crate::carrier::chance;
use crate::world::{Asked, Happening, World};

impl World {
    pub fn person(&mut self) {
        let command = match self.rng.u32(0..20) {
            0..5 => Command::Pause,
            5..11 => Command::Resume,
            11 => Command::Cancel {
                hang_up: self.rng.bool(),
            },
            12 => Command::Complete,
            13 | 14 => {
                self.open_list();
                return;
            }
            _ => {
                let count = self.rng.u64(1..20);
                self.add_contacts(count);
                return;
            }
        };
        self.tell(|| format!("somebody asks to {}", command.name()));
        if command == Command::Pause || command == Command::Resume {
            // Whoever pauses by accident resumes some time.
            self.at_random(Happening::Person);
        }
        if command == Command::Resume {
            self.ledger.fence = None;
        }
        self.ask(Input::Command(command), Asked::Command(command));
    }

    pub fn candidates(&mut self, numbers: &[u64]) -> Vec<Candidate> {
        let zones = [
            vec![],
            vec![Tz::America__New_York],
            vec![Tz::Asia__Kolkata, Tz::Europe__London],
        ];
        let candidate = |(row, number): (usize, &u64)| Candidate {
            row: row as u64 + 2,
            new: NewContact {
                contact: Contact {
                    phone: PhoneNumber::from_digits(*number).unwrap(),
                    name: None,
                    email: None,
                    timezone: None,
                    person_id: None,
                    custom_data: String::new(),
                },
                zones: zones[(number % 3) as usize].clone(),
                not_before: number
                    .is_multiple_of(11)
                    .then(|| self.now + Millis::seconds((number % 7_000) as i64)),
            },
            known: None,
        };
        numbers.iter().enumerate().map(candidate).collect()
    }

    /// New numbers, with some that were there before.
    pub fn numbers(&mut self, count: u64) -> Vec<u64> {
        (0..count)
            .map(|_| {
                if self.next_number > 12_025_550_000 && chance(&mut self.rng, 0.1) {
                    self.rng.u64(12_025_550_000..self.next_number)
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
        let count = self.rng.u64(0..60);
        self.list = self.numbers(count);
        let import = Import {
            id: ImportId(Uuid::from_u128(u128::from(self.order) << 8 | 1)),
            file_name: "list.csv".to_owned(),
            default_region: "US".to_owned(),
            state: ImportState::Running,
            rows_read: 0,
            imported: 0,
            duplicates: 0,
            rejected: 0,
            created_at: self.now,
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

    /// Reads the next rows of the open list, from where the store says that it was left.
    pub fn read_import(&mut self, life: u32) {
        if life != self.life || self.going_to_sleep {
            return;
        }
        let Some(import) = self.open_imports().next() else {
            return;
        };
        let read = import.rows_read as usize;
        let upto = (read + self.rng.usize(1..20)).min(self.list.len());
        let rows = self.list[read..upto].to_vec();
        let candidates = self.candidates(&rows);
        let ends = (upto == self.list.len()).then_some(ImportState::Completed);
        let goes_on = ends.is_none();
        let chunk = Chunk {
            import: import.id,
            rows_read: upto as u64,
            candidates,
            rejected: Vec::new(),
            ends,
        };
        self.ask(Input::ImportChunk(chunk), Asked::Chunk);
        if goes_on {
            // The next chunk is read once this one is durable.
            self.after(Millis(5_000), Happening::ReadImport { life });
        }
    }
}
