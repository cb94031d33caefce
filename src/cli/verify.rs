//! `outdial verify`: recompute every counter and index from the ledger, and report each difference.

use std::path::{Path, PathBuf};

use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::{Store, StoreError};
use outdial_storage::{audit, read};

use super::give;
use crate::config;
use crate::keeping::STORE;

#[derive(clap::Args)]
pub(super) struct Options {
    /// The configuration file of the service; OUTDIAL_* environment variables go over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let config = config::load(options.config.as_deref(), |name| std::env::var(name).ok())?;
    let (campaigns, differences) = verify(&config.data_dir).map_err(|error| error.to_string())?;
    for difference in &differences {
        give(difference);
    }
    match differences.len() {
        0 => {
            give(&format!("verified, no difference (campaigns: {campaigns})"));
            Ok(())
        }
        count => Err(format!("differences: {count} (campaigns: {campaigns})")),
    }
}

fn verify(data_dir: &Path) -> Result<(usize, Vec<String>), StoreError> {
    let store = SledStore::open_to_read(&data_dir.join(STORE), SledOptions::default())?;
    let store: &dyn Store = &store;
    let campaigns = read::all_campaigns(store)?;
    let mut differences = audit::store_differences(store)?;
    for campaign in &campaigns {
        let found = audit::differences(store, *campaign)?;
        differences.extend(
            found
                .into_iter()
                .map(|difference| format!("campaign {campaign}: {difference}")),
        );
    }
    Ok((campaigns.len(), differences))
}
