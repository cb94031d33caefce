//! Files of numbers on their way onto a do-not-call list.
//!
//! A file is read twice: first to its end, so that one that cannot be read changes nothing; then again, chunk
//! by chunk, each durable before the next but one is read. Memory does not grow with the file.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use outdial_contacts::{ContactReader, Options, Region, Row, RowError};
use outdial_domain::ids::{OrgId, SuppressionListId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use tokio::sync::mpsc;

use super::Entered;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec::SuppressionEntry;

/// Numbers in a chunk.
const CHUNK: usize = 2048;
/// Bad rows that are told one by one.
const ERRORS_TOLD: usize = 100;

/// A file of numbers.
#[derive(Debug, Clone)]
pub(crate) struct FromFile {
    pub(crate) path: PathBuf,
    /// The region of numbers written without a country code.
    pub(crate) region: Region,
    /// Why, for all of its numbers.
    pub(crate) note: String,
    /// Until when, for all of its numbers.
    pub(crate) expires_at: Option<Timestamp>,
}

/// What a file of numbers holds.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Rows that hold anything, the header left out.
    pub(crate) rows: u64,
    /// How many of them are not numbers.
    pub(crate) rejected: u64,
    /// What is wrong with the first hundred of those.
    pub(crate) errors: Vec<RowError>,
}

impl Orchestrator {
    /// Puts every number of a file on a list. Where the store fails in the middle, what was put there before stays;
    /// the same file once more does no harm.
    pub(crate) async fn enter_file(
        &self,
        org: OrgId,
        list: SuppressionListId,
        file: FromFile,
    ) -> Result<(Judged, Entered), Error> {
        let first = file.clone();
        let judged = tokio::task::spawn_blocking(move || judge(&first)).await;
        let judged = judged.map_err(|error| Error::Unavailable(error.to_string()))?;
        let judged = judged.map_err(|reason| Error::field("file", reason))?;
        let (to, mut chunks) = mpsc::channel(1);
        let (path, region) = (file.path, file.region);
        let reading = tokio::task::spawn_blocking(move || read_chunks(&path, region, &to));
        let mut entered = Entered::default();
        while let Some(chunk) = chunks.recv().await {
            let entry = |phone| SuppressionEntry {
                phone,
                note: file.note.clone(),
                expires_at: file.expires_at,
            };
            let more = self
                .enter(org, list, chunk.into_iter().map(entry).collect())
                .await?;
            entered.added += more.added;
            entered.already_there += more.already_there;
        }
        let read = reading
            .await
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        read.map_err(Error::Unavailable)?;
        Ok((judged, entered))
    }
}

fn open(path: &Path, region: Region) -> Result<ContactReader<BufReader<File>>, String> {
    let file = File::open(path).map_err(|error| format!("the file is gone: {error}"))?;
    ContactReader::open(BufReader::new(file), Options::in_region(region)).map_err(|error| error.to_string())
}

fn judge(file: &FromFile) -> Result<Judged, String> {
    let mut judged = Judged::default();
    for row in open(&file.path, file.region)? {
        judged.rows += 1;
        if let Row::Bad(error) = row.map_err(|error| error.to_string())? {
            judged.rejected += 1;
            if judged.errors.len() < ERRORS_TOLD {
                judged.errors.push(error);
            }
        }
    }
    Ok(judged)
}

/// Reads every number of a file into the channel, until nobody listens.
fn read_chunks(path: &Path, region: Region, to: &mpsc::Sender<Vec<PhoneNumber>>) -> Result<(), String> {
    let mut chunk = Vec::with_capacity(CHUNK);
    for row in open(path, region)? {
        if let Row::Contact(contact) = row.map_err(|error| error.to_string())? {
            chunk.push(contact.phone);
        }
        if chunk.len() == CHUNK && to.blocking_send(std::mem::take(&mut chunk)).is_err() {
            return Ok(());
        }
    }
    if !chunk.is_empty() {
        // Where nobody listens, whoever did has told why.
        let _ = to.blocking_send(chunk);
    }
    Ok(())
}
