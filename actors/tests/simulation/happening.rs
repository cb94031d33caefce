//! What is going to happen, and when: the one queue by which the world goes on.

use outdial_domain::ids::AttemptId;
use outdial_domain::lifecycle::Command;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::settings::Settings;
use outdial_domain::step::Input;
use outdial_domain::time::Millis;

use crate::conversation::Asking;
use crate::news::Telling;
use crate::world::{FAULTS_UNTIL, World};

/// Something that is going to happen.
pub enum Happening {
    /// The disk gets on with what is queued.
    Flush,
    Alarm(u64),
    /// What a life of the campaign has asked for comes.
    Answer {
        life: u32,
        input: Input,
    },
    /// Somebody has news.
    News(Telling),
    /// An answered call asks what to say.
    Asks(Asking),
    /// A call is sent to the message for a machine.
    LeaveMessage(String),
    /// A call is ended.
    HangUp(String),
    Person,
    /// Somebody pauses the campaign while it waits for its start, and resumes it later.
    PausesForAWhile,
    /// Somebody adds a contact or two.
    AddsSome,
    /// Somebody changes the configuration.
    Edits,
    /// Somebody wants the campaign gone.
    Deletes,
    /// Somebody changes the holiday calendar.
    ChangesCalendar,
    /// The campaign is told that the holiday calendar has changed.
    TellOfCalendar,
    /// Whoever looks after a campaign that was paused resumes it.
    Resumes,
    /// A person tells what an attempt has yielded; `None`: any attempt.
    Tells(Option<AttemptId>),
    /// A person writes STOP, or START; `None`: anybody.
    Stop(Option<PhoneNumber>),
    Start,
    ReadImport {
        life: u32,
    },
    ClockSet,
    Crash,
    DiskFails,
    DiskMended,
    SleepersLookedAt,
}

/// Who waits for a reply.
pub enum Asked {
    Command(Command),
    Add(u64),
    Chunk,
    /// The configuration is to be this.
    Edit(Box<Settings>),
    Delete,
    /// One contact is to be left out, or called again.
    Contact,
    /// The campaign is to look at its calendar, of which there were so many versions.
    Calendars(usize),
    /// The news, and its place among what was told of the attempt.
    News(Box<Telling>, usize),
}

impl World {
    pub fn after(&mut self, wait: Millis, happening: Happening) {
        self.order += 1;
        self.queue.insert((self.now + wait, self.order), happening);
    }

    /// Soon rather than late: most happenings fall while there is still something to disturb.
    pub fn at_random(&mut self, happening: Happening) {
        let within = FAULTS_UNTIL.0 >> self.rng.u32(0..8);
        let at = Millis(self.rng.i64(1..within));
        self.after(at, happening);
    }

    pub fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Flush => self.flush(),
            Happening::Alarm(alarm) => self.alarm(alarm),
            Happening::Answer { life, input } => self.deliver(life, input),
            Happening::News(telling) => self.news(telling),
            Happening::Asks(asking) => self.asks(&asking),
            Happening::LeaveMessage(call) => self.play_message(&call),
            Happening::HangUp(call) => self.hang_up(&call),
            Happening::Person if self.is_kind => {}
            Happening::Person => self.person(),
            Happening::PausesForAWhile => self.pause_for_a_while(),
            Happening::AddsSome => self.add_some(),
            Happening::Edits | Happening::Deletes if self.is_kind => {}
            Happening::Edits => self.edit(),
            Happening::Deletes => self.delete(),
            Happening::ChangesCalendar if self.is_kind => {}
            Happening::ChangesCalendar => self.change_calendar(),
            Happening::TellOfCalendar => self.tell_of_calendar(),
            Happening::Resumes => self.resume(),
            Happening::Tells(attempt) => self.somebody_tells(attempt),
            Happening::Stop(number) => self.somebody_stops(number),
            Happening::Start => self.somebody_starts(),
            Happening::ReadImport { life } => self.read_import(life),
            Happening::ClockSet if self.is_kind => {}
            Happening::ClockSet => self.set_clock(),
            Happening::Crash => self.crash(),
            Happening::DiskFails => self.disk_fails(),
            // A crash has mended it before.
            Happening::DiskMended if self.is_up() => {}
            Happening::DiskMended => {
                self.store.mend();
                self.after_boot();
            }
            Happening::SleepersLookedAt => self.look_at_sleepers(),
        }
    }
}
