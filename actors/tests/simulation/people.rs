//! What people ask of the simulated campaign: they command it, and add to it.

use outdial_domain::lifecycle::{Command, ContactCommand, Status};
use outdial_domain::step::Input;
use outdial_domain::time::Millis;

use crate::happening::{Asked, Happening};
use crate::world::World;

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
            15..18 => {
                self.for_some_contact();
                return;
            }
            _ => {
                let most = if self.is_recurring() { 4 } else { 20 };
                let count = self.rng.u64(1..most);
                self.add_contacts(count);
                return;
            }
        };
        if command == Command::Pause || command == Command::Resume {
            // Whoever pauses by accident resumes some time.
            self.at_random(Happening::Person);
        }
        self.command(command);
    }

    /// Leaves one contact out, or has it called again.
    fn for_some_contact(&mut self) {
        let Some(id) = self.rng.choice(self.mirror.numbers.keys().copied()) else {
            return;
        };
        let command = if self.rng.bool() {
            ContactCommand::Skip
        } else {
            ContactCommand::Requeue
        };
        self.tell(|| format!("somebody asks to {} {id:?}", command.name()));
        if command == ContactCommand::Skip {
            self.ledger.left_out_by_hand.insert(id);
        }
        let found = None;
        self.ask(Input::ForContact { command, id, found }, Asked::Contact);
        if self.rng.bool() {
            self.at_random(Happening::Person);
        }
    }

    pub fn command(&mut self, command: Command) {
        self.tell(|| format!("somebody asks to {}", command.name()));
        if command == Command::Resume {
            self.ledger.fence = None;
        }
        self.ask(Input::Command(command), Asked::Command(command));
    }

    /// Pauses while it waits for its start; whoever did resumes later.
    pub fn pause_for_a_while(&mut self) {
        if self.mirror.progress.status != Status::Scheduled || self.is_kind {
            return;
        }
        self.command(Command::Pause);
        let within = 7_200_000_i64 >> self.rng.u32(0..8);
        let wait = Millis(self.rng.i64(1..within));
        self.after(wait, Happening::Resumes);
    }

    pub fn add_some(&mut self) {
        let count = self.rng.u64(1..4);
        self.add_contacts(count);
    }

    /// Resumes; where the campaign cannot be reached, somebody comes back to it.
    pub fn resume(&mut self) {
        if self.is_up() && !self.going_to_sleep {
            self.command(Command::Resume);
        } else {
            self.at_random(Happening::Resumes);
        }
    }
}
