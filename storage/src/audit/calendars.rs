//! Whether the holiday calendars that a campaign keeps are there.

use super::{Audit, Subject};
use crate::read;

/// Calendars that only ended campaigns have named may be deleted.
pub(super) fn audit(subject: &Subject<'_>, found: &mut Vec<String>) -> Audit<()> {
    if subject.progress.status.has_ended() {
        return Ok(());
    }
    let definition = &subject.definition;
    for id in &definition.settings.holiday_calendars {
        match read::holiday_calendar(subject.store, definition.org, *id)? {
            None => found.push(format!(
                "the campaign keeps holiday calendar {id}, which is not there"
            )),
            Some(record) => {
                if let Err(unreadable) = record.calendar() {
                    found.push(format!(
                        "the campaign keeps holiday calendar {id}, which cannot be read: {}",
                        unreadable.0
                    ));
                }
            }
        }
    }
    Ok(())
}
