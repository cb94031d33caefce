//! What people ask of the simulated campaign: they command it, and add to it.

use outdial_domain::lifecycle::Command;
use outdial_domain::step::Input;

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
            _ => {
                let count = self.rng.u64(1..20);
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

    pub fn command(&mut self, command: Command) {
        self.tell(|| format!("somebody asks to {}", command.name()));
        if command == Command::Resume {
            self.ledger.fence = None;
        }
        self.ask(Input::Command(command), Asked::Command(command));
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
