//! Reads an uploaded contact list into its campaign, chunk by chunk.
//!
//! The file lies on disk, synced, before its import is acknowledged; each chunk becomes durable together
//! with the row that it reached, and none before the one before it. A list that is read on after a
//! restart begins behind that row.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use outdial_contacts::{ContactReader, Options, ParsedContact, Region, Row};
use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::ids::ImportId;
use outdial_domain::import::{Candidate, Chunk, Import, ImportState, RejectedRow};

/// Custom data of one contact may have this many bytes as JSON.
const CUSTOM_DATA_LIMIT: usize = 16 * 1024;
/// Rows in a chunk: so many that an import writes few rows for each contact, and so few that deciding on them keeps
/// nobody waiting for more than some milliseconds.
const CHUNK_ROWS: usize = 4096;
/// A chunk ends once its contacts have so many bytes, so that its commit stays small whatever the rows hold.
const CHUNK_BYTES: usize = 1 << 20;

/// Where the list of an import lies.
pub fn list_path(uploads: &Path, import: ImportId) -> PathBuf {
    uploads.join(format!("{import}.list"))
}

/// A contact of a list with the zones whose clocks must allow a call to it: its own, or else every
/// zone that its number may be in.
pub fn new_contact(parsed: ParsedContact) -> NewContact {
    let zones = match parsed.timezone {
        Some(own) => vec![own],
        None => {
            let mut zones = outdial_contacts::zones_of(parsed.phone).to_vec();
            zones.sort_by_key(|zone| zone.name());
            zones
        }
    };
    let custom_data = if parsed.custom_data.is_empty() {
        String::new()
    } else {
        let text = serde_json::to_string(&parsed.custom_data);
        // Strings keyed by strings always make JSON.
        text.expect("custom data is an object of strings")
    };
    NewContact {
        contact: Contact {
            phone: parsed.phone,
            name: parsed.name,
            email: parsed.email,
            timezone: parsed.timezone,
            person_id: parsed.person_id,
            custom_data,
        },
        zones,
        not_before: parsed.not_before,
    }
}

/// How far the rows go that were handed on.
#[derive(Clone, Copy)]
struct Reached {
    row: u64,
    bytes: u64,
}

impl Reached {
    fn by(chunk: &Chunk) -> Self {
        Self {
            row: chunk.rows_read,
            bytes: chunk.bytes_read,
        }
    }
}

/// Reads the rest of an import, handing each chunk to `deliver`, which says whether to go on. Blocks.
pub fn read_on(uploads: &Path, import: &Import, mut deliver: impl FnMut(Chunk) -> bool) {
    let mut reached = Reached {
        row: import.rows_read,
        bytes: import.bytes_read,
    };
    let end = match read_chunks(uploads, import, &mut reached, &mut deliver) {
        Ok(true) => ImportState::Completed,
        Ok(false) => return,
        Err(reason) => ImportState::Failed(reason),
    };
    deliver(Chunk {
        ends: Some(end),
        ..empty_chunk(import.id, reached)
    });
}

fn empty_chunk(import: ImportId, reached: Reached) -> Chunk {
    Chunk {
        import,
        rows_read: reached.row,
        bytes_read: reached.bytes,
        candidates: Vec::new(),
        rejected: Vec::new(),
        ends: None,
    }
}

fn too_much(row: u64, bytes: usize) -> RejectedRow {
    RejectedRow {
        row,
        field: "custom_data".to_owned(),
        value: format!("{bytes} bytes"),
        reason: format!("the other columns of a row may have {CUSTOM_DATA_LIMIT} bytes together"),
    }
}

/// Forgets the file of an import that has ended.
pub fn remove_list(uploads: &Path, import: ImportId) {
    if let Err(error) = std::fs::remove_file(list_path(uploads, import))
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%import, %error, "an uploaded list could not be removed");
    }
}

/// Bytes of a contact's texts.
fn size(contact: &Contact) -> usize {
    let texts = [&contact.name, &contact.email, &contact.person_id];
    let texts = texts.into_iter().flatten().map(String::len);
    texts.sum::<usize>() + contact.custom_data.len()
}

/// `Ok(false)`: whoever takes the chunks has had enough.
fn read_chunks(
    uploads: &Path,
    import: &Import,
    reached: &mut Reached,
    deliver: &mut impl FnMut(Chunk) -> bool,
) -> Result<bool, String> {
    let file =
        File::open(list_path(uploads, import.id)).map_err(|error| format!("the list is gone: {error}"))?;
    let default_region: Region = import
        .default_region
        .parse()
        .map_err(|error| format!("{error}"))?;
    let options = Options {
        default_region,
        sheet: import.sheet.clone(),
        columns: import.columns.clone(),
    };
    let mut reader = ContactReader::open(BufReader::new(file), options).map_err(|error| error.to_string())?;
    reader
        .skip_through(reached.row)
        .map_err(|error| error.to_string())?;
    let mut chunk = empty_chunk(import.id, *reached);
    let mut bytes = 0;
    while let Some(row) = reader.next() {
        match row.map_err(|error| error.to_string())? {
            Row::Contact(parsed) => {
                chunk.rows_read = parsed.row;
                let row = parsed.row;
                let new = new_contact(*parsed);
                if new.contact.custom_data.len() > CUSTOM_DATA_LIMIT {
                    chunk.rejected.push(too_much(row, new.contact.custom_data.len()));
                } else {
                    bytes += size(&new.contact);
                    chunk.candidates.push(Candidate {
                        row,
                        new,
                        known: None,
                    });
                }
            }
            Row::Bad(bad) => {
                chunk.rows_read = bad.row;
                chunk.rejected.push(RejectedRow {
                    row: bad.row,
                    field: bad.field,
                    value: bad.value,
                    reason: bad.reason,
                });
            }
        }
        if chunk.candidates.len() + chunk.rejected.len() >= CHUNK_ROWS || bytes >= CHUNK_BYTES {
            bytes = 0;
            chunk.bytes_read = reader.bytes_read();
            *reached = Reached::by(&chunk);
            if !deliver(std::mem::replace(&mut chunk, empty_chunk(import.id, *reached))) {
                return Ok(false);
            }
        }
    }
    chunk.bytes_read = reader.bytes_read();
    *reached = Reached::by(&chunk);
    Ok((chunk.candidates.is_empty() && chunk.rejected.is_empty()) || deliver(chunk))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

    use std::fmt::Write;

    use outdial_domain::list_columns::ChosenColumns;
    use outdial_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    /// The chunks of a list of this text, behind a row.
    fn chunks(text: &str, rows_read: u64) -> Vec<Chunk> {
        let import = Import {
            id: ImportId(Uuid::now_v7()),
            file_name: "list.csv".to_owned(),
            default_region: "US".to_owned(),
            sheet: None,
            columns: ChosenColumns::default(),
            state: ImportState::Running,
            rows_read,
            bytes_total: text.len() as u64,
            bytes_read: 0,
            imported: 0,
            duplicates: 0,
            rejected: 0,
            created_at: Timestamp::from_millis(0),
            ended_at: None,
        };
        let uploads = std::env::temp_dir();
        std::fs::write(list_path(&uploads, import.id), text).unwrap();
        let mut chunks = Vec::new();
        read_on(&uploads, &import, |chunk| {
            chunks.push(chunk);
            true
        });
        remove_list(&uploads, import.id);
        chunks
    }

    fn list(rows: u64, cell: &str) -> String {
        let mut text = "Phone,A,B,C\n".to_owned();
        for n in 0..rows {
            writeln!(text, "+1202555{n:04},{cell},{cell},{cell}").unwrap();
        }
        text
    }

    #[test]
    fn a_chunk_of_rows_that_hold_much_has_fewer_of_them_and_none_is_left_out() {
        for (cell, most) in [("short".to_owned(), CHUNK_ROWS), ("long".repeat(1000), 100)] {
            let text = list(1000, &cell);
            let whole = chunks(&text, 0);
            assert!(whole.iter().all(|chunk| chunk.candidates.len() <= most));
            let rows = |chunks: &[Chunk]| -> Vec<u64> {
                let all = chunks.iter().flat_map(|chunk| &chunk.candidates);
                all.map(|candidate| candidate.row).collect()
            };
            assert_eq!(rows(&whole), (2..=1001).collect::<Vec<_>>());
            assert_eq!(whole.last().unwrap().ends, Some(ImportState::Completed));
            let reached = whole[0].rows_read;
            assert_eq!(
                rows(&chunks(&text, reached)),
                (reached + 1..=1001).collect::<Vec<_>>()
            );
        }
    }
}
