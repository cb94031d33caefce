//! The rows of a group of batches, on their way to the disk.
//!
//! New events of an organization that follow each other become one row: most of what is written beside a callback is
//! its event, and a row costs more than what is in it. Rows that are copied, as out of a backup, stay what they are:
//! the same may come twice.

use std::collections::HashMap;

use uuid::Uuid;

use crate::batch::Batch;
use crate::keys::{self, Table};
use crate::records::EventsV2;
use crate::tap::Change;

/// What has been gathered.
#[derive(Default)]
pub(crate) struct Gathered {
    rows: Vec<Change>,
    /// Of each organization: the last row of its events, and the number that would come next.
    logs: HashMap<Uuid, (usize, u64)>,
}

impl Gathered {
    /// Nothing yet, with room for so many rows.
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self {
            rows: Vec::with_capacity(rows),
            ..Self::default()
        }
    }

    /// Puts the rows of a batch behind those that are there.
    pub(crate) fn add(&mut self, batch: Batch) {
        for row in batch.rows {
            if !batch.logs || !self.joins(&row) {
                self.rows.push(row);
            }
        }
    }

    /// All of them.
    pub(crate) fn into_rows(self) -> Vec<Change> {
        self.rows
    }

    /// Whether these are the next events behind those of a row that is there already, which takes them.
    fn joins(&mut self, (key, value): &Change) -> bool {
        if key.first() != Some(&(Table::Event as u8)) {
            return false;
        }
        // What cannot be read is written as it is.
        let (Some(org), Some(seq), Some(events)) = (keys::owner_of(key), keys::event_seq(key), value) else {
            return false;
        };
        let Ok(count) = EventsV2::count(events) else {
            return false;
        };
        let next = seq + count;
        if let Some((row, expected)) = self.logs.get_mut(&org)
            && *expected == seq
            && let Some((_, Some(before))) = self.rows.get_mut(*row)
            && EventsV2::join(before, events)
        {
            *expected = next;
            return true;
        }
        self.logs.insert(org, (self.rows.len(), next));
        false
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

    use outdial_domain::ids::{CampaignId, OrgId};
    use outdial_domain::step::Event;
    use outdial_domain::time::Timestamp;

    use super::*;
    use crate::records::{LoggedEvent, decode_into, encode};

    const ORG: OrgId = OrgId(Uuid::from_u128(1));
    const OTHER: OrgId = OrgId(Uuid::from_u128(2));

    fn event(number: u64) -> LoggedEvent {
        LoggedEvent {
            at: Timestamp::from_millis(0),
            campaign: CampaignId(Uuid::from_u128(3)),
            event: Event::Edited {
                config_version: number as u32,
            },
        }
    }

    /// The row of these events.
    fn events(org: OrgId, numbers: impl IntoIterator<Item = u64>) -> Change {
        let numbers: Vec<u64> = numbers.into_iter().collect();
        let events: Vec<LoggedEvent> = numbers.iter().copied().map(event).collect();
        let row = encode(&EventsV2::from(events.as_slice()));
        (keys::event(org, numbers[0]), Some(row))
    }

    fn other_row() -> Change {
        (keys::meta("other"), Some(vec![1]))
    }

    fn gathered(batches: Vec<Vec<Change>>) -> Vec<Change> {
        let mut gathered = Gathered::default();
        for rows in batches {
            gathered.add(Batch { rows, logs: true });
        }
        gathered.into_rows()
    }

    #[test]
    fn rows_that_are_copied_stay_what_they_are_though_they_come_twice() {
        let rows = vec![events(ORG, [4, 5]), events(ORG, [6]), events(ORG, [6])];
        let mut gathered = Gathered::default();
        gathered.add(Batch {
            rows: rows.clone(),
            logs: false,
        });
        assert_eq!(gathered.into_rows(), rows);
    }

    #[test]
    fn events_that_follow_each_other_become_one_row_of_their_organization() {
        let rows = gathered(vec![
            vec![events(ORG, [4]), other_row()],
            vec![events(OTHER, [9, 10])],
            vec![events(ORG, [5, 6]), events(OTHER, [11])],
        ]);
        assert_eq!(rows, [events(ORG, 4..7), other_row(), events(OTHER, 9..12)]);
        let (_, row) = &rows[0];
        let read: Vec<LoggedEvent> = decode_into::<EventsV2, _>(row.as_ref().unwrap()).unwrap();
        assert_eq!(read, [4, 5, 6].map(event));
    }

    #[test]
    fn behind_a_gap_a_row_begins_anew() {
        let rows = gathered(vec![
            vec![events(ORG, [4])],
            vec![events(ORG, [6])],
            vec![events(ORG, [7])],
        ]);
        assert_eq!(rows, [events(ORG, [4]), events(ORG, [6, 7])]);
    }

    #[test]
    fn a_row_takes_250_events() {
        let rows = gathered((1..=600).map(|number| vec![events(ORG, [number])]).collect());
        assert_eq!(
            rows,
            [events(ORG, 1..251), events(ORG, 251..501), events(ORG, 501..601)]
        );
    }

    #[test]
    fn what_is_removed_or_cannot_be_read_is_left_as_it_is() {
        let removed = (keys::event(ORG, 2), None);
        let unreadable = (keys::event(ORG, 3), Some(Vec::new()));
        let rows = gathered(vec![
            vec![events(ORG, [1]), removed.clone()],
            vec![unreadable.clone()],
        ]);
        assert_eq!(rows, [events(ORG, [1]), removed, unreadable]);
    }
}
