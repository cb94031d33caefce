//! The service that runs over a data directory, spoken to from the same machine.
//!
//! It leaves its address in the directory when it starts. The key with which it is asked derives from the
//! directory's key file, so whoever can read that, and nobody else, can ask.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use outdial_storage::store::StoreError;
use reqwest::{Client, Response};

use crate::installation::Installation;

/// The address's file in the data directory.
const ADDRESS_FILE: &str = "address";
/// How long the service may take to begin to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A service on this machine.
pub(super) struct Service {
    address: String,
    key: String,
}

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

impl Service {
    /// The service that has the store of this data directory open, where that is why it cannot be opened.
    pub(super) fn that_holds(home: &Path, error: &StoreError) -> Option<Self> {
        if !error.is_in_use() {
            return None;
        }
        let address = std::fs::read_to_string(home.join(ADDRESS_FILE)).ok()?;
        let installation = Installation::read(home).ok()?;
        Some(Self {
            address,
            key: installation.local_key(),
        })
    }

    /// Has it write a backup.
    pub(super) fn backup(&self, out: &mut dyn Write, progress: &mut dyn FnMut(u64)) -> Result<(), String> {
        actix_web::rt::System::new().block_on(async {
            let mut response = self.post("backup").await?;
            let mut bytes = 0;
            while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
                out.write_all(&chunk).map_err(|error| error.to_string())?;
                bytes += chunk.len() as u64;
                progress(bytes);
            }
            Ok(())
        })
    }

    /// Has it dial again. Whether it was held.
    pub(super) fn release(&self) -> Result<bool, String> {
        actix_web::rt::System::new().block_on(async {
            let response = self.post("release").await?;
            let answer: serde_json::Value = response.json().await.map_err(|error| broken(&error))?;
            Ok(answer["released"] == true)
        })
    }

    async fn post(&self, what: &str) -> Result<Response, String> {
        // The client asks for one even where nothing is encrypted; a second one is refused.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .no_proxy()
            .connect_timeout(ANSWER_WITHIN)
            .build();
        let client = client.map_err(|error| error.to_string())?;
        let request = client
            .post(format!("{}/api/v1/{what}", self.address))
            .bearer_auth(&self.key);
        let response = tokio::time::timeout(ANSWER_WITHIN, request.send()).await;
        let response = response
            .map_err(|_| format!("the service at {} does not answer", self.address))?
            .map_err(|error| format!("the service at {} cannot be reached: {error}", self.address))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem: serde_json::Value = response.json().await.unwrap_or_default();
        Err(format!(
            "the service at {} answers {status}: {}",
            self.address,
            problem["detail"].as_str().unwrap_or("no reason given")
        ))
    }
}

fn broken(error: &reqwest::Error) -> String {
    format!("the service's answer broke off: {error}")
}
