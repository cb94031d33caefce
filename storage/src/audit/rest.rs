//! Whether a campaign is found: in its organization's list, after a restart, and when its alarm goes off.

use super::{Audit, Subject};
use crate::keys;
use crate::read;
use crate::records::Rest;

/// Alarms that are set for other instants are found by [`super::store_differences`]: they lie by instant.
pub(super) fn audit(subject: &Subject<'_>, found: &mut Vec<String>) -> Audit<()> {
    let store = subject.store;
    let org = subject.definition.org;
    if store.get(&keys::listing(org, subject.id))?.is_none() {
        found.push(format!(
            "the list of organization {} does not have the campaign",
            org.0
        ));
    }
    let awake = store.get(&keys::awake(subject.id))?;
    let rest = read::rest(store, subject.id)?;
    match (rest, &awake) {
        (Rest::Awake, None) => {
            found.push("the campaign is awake, and no row says so to whoever starts next".to_owned());
        }
        (Rest::Asleep(_), Some(_)) => {
            found.push("the campaign sleeps, and a row says that it is awake".to_owned());
        }
        (Rest::Awake, Some(_)) | (Rest::Asleep(_), None) => {}
    }
    let mut alarm = None;
    if let Rest::Asleep(Some(at)) = rest {
        alarm = store.get(&keys::alarm(at, subject.id))?;
        if alarm.is_none() {
            found.push(format!(
                "the campaign sleeps until {at}, and no alarm is set for then"
            ));
        }
    }
    for (row, owner) in [("awake", awake), ("alarm", alarm)] {
        if owner.is_some_and(|owner| owner != org.0.as_bytes()) {
            found.push(format!("the campaign's {row} row names another organization"));
        }
    }
    Ok(())
}
