//! The service that runs over a data directory, spoken to from the same machine.
//!
//! It leaves its address in the directory when it starts. The key with which it is asked derives from the
//! directory's key file, so whoever can read that, and nobody else, can ask.

use std::fs::TryLockError;
use std::io::Write;
use std::path::Path;

use outdial_storage::store::StoreError;
use serde_json::Value;

use super::client::{Client, wait_for};
use crate::config::{Config, Secret};
use crate::installation::Installation;
use crate::keeping::STORE;

/// The address's file in the data directory.
const ADDRESS_FILE: &str = "address";

/// Leaves the service's address in its data directory.
pub(super) fn leave_address(home: &Path, address: &str) -> Result<(), String> {
    let path = home.join(ADDRESS_FILE);
    std::fs::write(&path, address).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// Takes the address away again, when nobody is there any more.
pub(super) fn forget_address(home: &Path) {
    // It may have gone with the directory.
    drop(std::fs::remove_file(home.join(ADDRESS_FILE)));
}

/// A client of the service that runs over this data directory, if one does; `key` is the installation's, where it
/// does not lie there. An address that a service left behind which is gone may be anybody's by now, who is not to
/// get the key.
pub(super) fn client(home: &Path, key: Option<[u8; 32]>) -> Option<Result<Client, String>> {
    if !is_held(home) {
        return None;
    }
    let address = std::fs::read_to_string(home.join(ADDRESS_FILE)).ok()?;
    let installation = match key {
        Some(key) => Installation::given(key, home).ok()?,
        None => Installation::read(home).ok()?,
    };
    let source = format!("the data directory `{}`", home.display());
    Some(Client::new(&address, &installation.local_key(), source))
}

/// Whether somebody has the store of this data directory open: who does holds a lock on its file.
fn is_held(home: &Path) -> bool {
    let file = std::fs::File::open(home.join(STORE).join("db"));
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// A client of the service that has the store of this data directory open, where that is why it cannot be opened.
pub(super) fn client_of_holder(config: &Config, error: &StoreError) -> Option<Result<Client, String>> {
    let key = config.secret_key.as_ref().map(|Secret(key)| *key);
    error.is_in_use().then(|| client(&config.data_dir, key)).flatten()
}

/// Has the service write a backup.
pub(super) fn backup(
    service: &Client,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<(), String> {
    wait_for(async {
        let mut response = service.post_and_open("/backup", &Value::Null).await?;
        let mut bytes = 0;
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| service.broken_off(&error))?
        {
            out.write_all(&chunk).map_err(|error| error.to_string())?;
            bytes += chunk.len() as u64;
            progress(bytes);
        }
        Ok(())
    })
}

/// Has the service dial again. Whether it was held.
pub(super) fn release(service: &Client) -> Result<bool, String> {
    let answer = wait_for(service.post("/release", &Value::Null))?;
    Ok(answer["released"] == true)
}
