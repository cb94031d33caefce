//! Whether every version of a campaign's configuration can be looked up.

use super::{Audit, PAGE, Subject};
use crate::keys::{self, Table};
use crate::read;

/// The versions before the present one are kept without a gap, down to the one with which the campaign was created.
pub(super) fn audit(subject: &Subject<'_>, found: &mut Vec<String>) -> Audit<()> {
    let definition = &subject.definition;
    if definition.edited.is_none() {
        let kept = keys::owned_by(Table::ConfigVersion, subject.id.0);
        if !subject.store.scan(kept, 1)?.is_empty() {
            found.push("earlier configurations are kept of a campaign that was never edited".to_owned());
        }
        return Ok(());
    }
    let mut later = definition.config_version;
    loop {
        let page = read::config_versions(subject.store, subject.id, Some(later), PAGE)?;
        if page.is_empty() {
            found.push(format!(
                "no configuration is kept from before version {later}, which is not the first"
            ));
            return Ok(());
        }
        for version in &page {
            if version.config_version + 1 != later {
                found.push(format!(
                    "the configuration before version {later} is version {}",
                    version.config_version
                ));
            }
            if version.edited.is_none() {
                return Ok(());
            }
            later = version.config_version;
        }
    }
}
