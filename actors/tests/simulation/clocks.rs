//! What the clocks of contacts show: by the domain's own reckoning of hours, and read off their faces anew.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use outdial_domain::calendar::{Calendar, HolidayDate, Holidays, NO_HOLIDAYS};
use outdial_domain::ids::ContactId;
use outdial_domain::settings::WindowZone;
use outdial_domain::time::Timestamp;
use outdial_domain::window::{Hours, Rule, Window, Windows, hours_of_all};

use crate::world::World;

impl World {
    /// The windows of a contact, and the clocks by which they and the holidays are judged; no windows: never.
    fn judged(&self, contact: ContactId) -> (Option<&Windows>, Vec<Tz>) {
        let settings = &self.settings;
        let zones = &self.mirror.lanes[&contact.lane].zones;
        if settings.window_zone == WindowZone::Campaign {
            return (Some(&settings.windows), vec![settings.timezone]);
        }
        if !zones.is_empty() {
            return (Some(&settings.windows), zones.clone());
        }
        let windows = match &settings.windows {
            Windows::Any => Some(&settings.windows),
            Windows::Weekly(_) => settings.fallback_window.as_ref(),
        };
        (windows, vec![settings.timezone])
    }

    /// Where a contact is called, for laws; nowhere where nobody answers for it.
    fn called_at(&self, contact: ContactId) -> Vec<Tz> {
        let zones = &self.mirror.lanes[&contact.lane].zones;
        if zones.is_empty() && self.settings.fallback_window.is_some() {
            return vec![self.settings.timezone];
        }
        zones.clone()
    }

    /// Whether the contact's clocks allow a call, by the settings and the newest calendar.
    pub fn hours(&self, contact: ContactId, at: Timestamp) -> Hours {
        let (Some(windows), zones) = self.judged(contact) else {
            return Hours::Closed { opens: None };
        };
        let holidays = Holidays::of(self.ledger.calendars.newest());
        let laws: Vec<Windows> = self.settings.laws.iter().map(|law| law.windows()).collect();
        let called_at = self.called_at(contact);
        let mut rules = vec![Rule {
            windows,
            zones: &zones,
            holidays: &holidays,
        }];
        rules.extend(laws.iter().map(|windows| Rule {
            windows,
            zones: &called_at,
            holidays: &NO_HOLIDAYS,
        }));
        hours_of_all(&rules, at)
    }

    /// What a clock of the contact's shows that forbids a call, read off its face; a day off counts where every
    /// calendar says so that may be in force.
    pub fn forbidden(&self, contact: ContactId, at: Timestamp) -> Option<String> {
        let (windows, zones) = self.judged(contact);
        let Some(windows) = windows else {
            return Some("no window is for this contact".to_owned());
        };
        for zone in zones {
            let face = at.utc()?.with_timezone(&zone);
            let is_open = match windows {
                Windows::Any => true,
                Windows::Weekly(windows) => windows.iter().any(|window| shows(&face, window)),
            };
            if !is_open {
                return Some(format!("no window is open at {face}"));
            }
            let mut calendars = self.ledger.calendars.in_force();
            if calendars.len() > 0 && calendars.all(|calendar| has(calendar, face.date_naive())) {
                return Some(format!("{face} is a day off"));
            }
        }
        let called_at = self.called_at(contact);
        for law in &self.settings.laws {
            let Some(hours) = law.hours else { continue };
            if called_at.is_empty() {
                return Some(format!("nobody knows what {} says of it", law.id));
            }
            for zone in &called_at {
                let face = at.utc()?.with_timezone(zone);
                if !(hours.start..hours.end).contains(&minute_of_day(&face)) {
                    return Some(format!("{} forbids {face}", law.id));
                }
            }
        }
        None
    }
}

fn minute_of_day(face: &DateTime<Tz>) -> u16 {
    (face.hour() * 60 + face.minute()) as u16
}

fn shows(face: &DateTime<Tz>, window: &Window) -> bool {
    let (minute, today) = (minute_of_day(face), face.weekday());
    let is_day = |day| window.days.contains(&day);
    if window.start < window.end {
        return is_day(today) && (window.start..window.end).contains(&minute);
    }
    is_day(today) && minute >= window.start || is_day(today.pred()) && minute < window.end
}

fn has(calendar: &Calendar, date: NaiveDate) -> bool {
    calendar.dates.iter().any(|holiday| match holiday.day {
        HolidayDate::Once(once) => once == date,
        HolidayDate::Yearly { month, day } => (date.month(), date.day()) == (month.into(), day.into()),
    })
}
