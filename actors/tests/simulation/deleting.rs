//! The end of a simulated campaign: it is deleted, and swept away in whatever pieces, across crashes.

use outdial_domain::step::Input;
use outdial_storage::keys::Table;
use outdial_storage::store::Store;
use outdial_storage::{audit, keys, read, sweep};

use crate::happening::Asked;
use crate::world::World;

/// The tables that outlive a campaign.
const STAYS: [Table; 6] = [
    Table::Meta,
    Table::Suppression,
    Table::Tried,
    Table::HolidayCalendar,
    Table::CalendarChanged,
    Table::Event,
];

impl World {
    pub fn delete(&mut self) {
        self.tell(|| "somebody deletes".to_owned());
        self.ask(Input::Delete { if_version: None }, Asked::Delete);
    }

    /// What has ended can be deleted; what never had contacts was perhaps never started.
    pub fn delete_what_has_ended(&mut self) {
        for _ in 0..100 {
            if self.is_deleted {
                return;
            }
            if self.asked.is_empty() {
                self.delete();
            }
            while self.store.queued() > 0 {
                self.flush();
            }
        }
        panic!("it cannot be deleted: {:?}", self.mirror.progress);
    }

    /// Nothing is left but what is known of numbers, however often the sweep is cut off.
    pub fn sweep(&mut self) {
        assert!(self.mirror.is_deleted, "I10: it is gone, durably");
        let (store, campaign) = (self.store.as_ref(), self.campaign);
        assert_eq!(read::stored(store, campaign).unwrap().map(drop), None);
        store.flush(usize::MAX);
        loop {
            let differences = audit::store_differences(store).unwrap();
            assert!(differences.is_empty(), "{differences:#?}");
            let limit = self.rng.usize(1..40);
            let Some(next) = sweep::next(store, campaign, limit).unwrap() else {
                break;
            };
            let epoch = self.epoch().unwrap();
            drop(store.commit(epoch, next.batch));
            if self.rng.u32(0..4) == 0 {
                store.crash();
            } else {
                store.flush(usize::MAX);
            }
        }
        let rows = read::all(store, keys::everything()).unwrap();
        let mut left = rows.iter().map(|(key, _)| key[0]);
        let stays = |tag: &u8| STAYS.iter().all(|table| *table as u8 != *tag);
        assert_eq!(left.find(stays), None, "nothing else is left");
    }
}
