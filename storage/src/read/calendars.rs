//! Holiday calendars.

use outdial_domain::calendar::Calendars;
use outdial_domain::ids::{HolidayCalendarId, OrgId};
use outdial_domain::settings::Definition;

use super::{Read, all, corrupt, progress, record, records_of};
use crate::keys::{self, Table};
use crate::records::HolidayCalendarV1;
use crate::store::{Store, StoreError};

/// A holiday calendar.
pub fn holiday_calendar(
    store: &dyn Store,
    org: OrgId,
    id: HolidayCalendarId,
) -> Read<Option<HolidayCalendarV1>> {
    record(store, &keys::holiday_calendar(org, id))
}

/// Every holiday calendar of an organization, oldest first.
pub fn holiday_calendars(store: &dyn Store, org: OrgId) -> Read<Vec<(HolidayCalendarId, HolidayCalendarV1)>> {
    let found = records_of(store, Table::HolidayCalendar, org)?.into_iter();
    Ok(found
        .map(|(id, calendar)| (HolidayCalendarId(id), calendar))
        .collect())
}

/// The calendars that a campaign keeps. One that is not there has no dates if the campaign has ended: calendars are
/// deleted then.
///
/// # Errors
/// Also where one of them is not there while calls may be made: to call on its holidays would be worse than not to
/// call.
pub fn calendars_of(store: &dyn Store, definition: &Definition) -> Read<Calendars> {
    let mut named = Vec::new();
    for id in &definition.settings.holiday_calendars {
        let Some(record) = holiday_calendar(store, definition.org, *id)? else {
            if progress(store, definition.id)?.is_some_and(|progress| progress.status.has_ended()) {
                continue;
            }
            let detail = format!("{id}, which the campaign keeps, is missing");
            return Err(corrupt("holiday calendar", &detail));
        };
        let calendar = record.calendar().map_err(|unreadable| StoreError::Corrupt {
            table: "holiday calendar",
            detail: unreadable.0,
        })?;
        named.push((record.name, calendar));
    }
    Ok(Calendars::new(named))
}

/// The calendars that have changed, and whose campaigns have not all looked yet.
pub fn changed_calendars(store: &dyn Store) -> Read<Vec<(OrgId, HolidayCalendarId)>> {
    let rows = all(store, keys::table(Table::CalendarChanged))?;
    let ids = rows.iter().map(|(key, _)| {
        Some((
            OrgId(keys::owner_of(key)?),
            HolidayCalendarId(keys::last_id(key)?),
        ))
    });
    ids.map(|ids| ids.ok_or_else(|| corrupt("calendar changed", "its key is too short")))
        .collect()
}
