//! People who change the holiday calendar that the campaign keeps, and how it is told: as the orchestrator does, once
//! the change is durable, and again until the campaign has looked.

use outdial_domain::calendar::Calendar;
use outdial_domain::ids::HolidayCalendarId;
use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::records::HolidayCalendarV1;
use outdial_storage::store::Store;
use uuid::Uuid;

use crate::disk::What;
use crate::happening::{Asked, Happening};
use crate::rules;
use crate::world::{ORG, World};

/// The one calendar of the world.
pub const CALENDAR: HolidayCalendarId = HolidayCalendarId(Uuid::from_u128(4));

/// The versions of the calendar that the campaign may go by: the last that it is sure to have looked at, and
/// those that became durable since.
#[derive(Default)]
pub struct Calendars {
    in_force: Vec<Calendar>,
    /// How many versions are in force no more.
    before: usize,
}

impl Calendars {
    /// A version is durable.
    pub fn add(&mut self, calendar: Calendar) {
        self.in_force.push(calendar);
    }

    /// Those that may be in force.
    pub fn in_force(&self) -> impl ExactSizeIterator<Item = &Calendar> {
        self.in_force.iter()
    }

    /// Whether it is sure which one is.
    pub fn is_known(&self) -> bool {
        self.in_force.len() <= 1
    }

    /// The newest, if there is any.
    pub fn newest(&self) -> Option<&Calendar> {
        self.in_force.last()
    }

    /// How many versions there ever were.
    pub fn count(&self) -> usize {
        self.before + self.in_force.len()
    }

    /// The campaign has looked when there were so many versions.
    pub fn looked_at(&mut self, count: usize) {
        let old = count.saturating_sub(self.before + 1).min(self.in_force.len());
        self.in_force.drain(..old);
        self.before += old;
    }
}

/// Writes the calendar's row.
pub fn write(batch: &mut Batch, calendar: &Calendar, now: Timestamp) {
    let name = "days off".to_owned();
    let record = HolidayCalendarV1::new(name, String::new(), calendar, now.millis(), now.millis());
    batch.holiday_calendar(ORG, CALENDAR, &record);
}

impl World {
    /// Somebody changes the calendar.
    pub fn change_calendar(&mut self) {
        let Some(epoch) = self.epoch() else { return };
        let clock = self.clock();
        let calendar = rules::calendar(&mut self.rng, clock);
        self.tell(|| format!("somebody changes the calendar: {calendar:?}"));
        let mut batch = Batch::new();
        write(&mut batch, &calendar, clock);
        drop(self.store.commit(epoch, batch));
        self.committed(What::Calendar(calendar));
    }

    /// The change is durable: the campaign is told.
    pub fn calendar_changed(&mut self, calendar: &Calendar) {
        self.ledger.calendars.add(calendar.clone());
        let wait = Millis(self.rng.i64(0..500));
        self.after(wait, Happening::TellOfCalendar);
    }

    pub fn tell_of_calendar(&mut self) {
        let count = self.ledger.calendars.count();
        self.ask(Input::Calendars(None), Asked::Calendars(count));
    }

    /// The campaign could not be told: it is told later.
    pub fn tell_of_calendar_later(&mut self) {
        let wait = Millis(self.rng.i64(200..5_000));
        self.after(wait, Happening::TellOfCalendar);
    }
}
