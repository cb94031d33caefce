//! A contact list on its way into a campaign.

use crate::contact::NewContact;
use crate::ids::{ContactId, ImportId};
use crate::list_columns::ChosenColumns;
use crate::time::Timestamp;

/// Where an import stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportState {
    /// Rows are being read.
    Running,
    /// Every row has been read.
    Completed,
    /// The file could not be read to its end.
    Failed(String),
    /// A person ended it; the rows that were taken in stay.
    Canceled,
}

/// An uploaded list and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The name under which the file was uploaded.
    pub file_name: String,
    /// The region of numbers written without a country code.
    pub default_region: String,
    /// The worksheet of a workbook, if one was named.
    pub sheet: Option<String>,
    /// The columns that a person chose; the others are found.
    pub columns: ChosenColumns,
    /// Where it stands.
    pub state: ImportState,
    /// The last row taken in, as a spreadsheet counts them.
    pub rows_read: u64,
    /// Bytes of the uploaded file; 0 where that is not known, as of imports from before it was noted.
    pub bytes_total: u64,
    /// Bytes of it that were read for the rows taken in: never fewer than before, at most `bytes_total`, and all
    /// of them once the import is completed.
    pub bytes_read: u64,
    /// Contacts taken in.
    pub imported: u64,
    /// Rows whose number the campaign had already.
    pub duplicates: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Import {
    /// How much of the list has been read, in whole percent: 100 if and only if it is completed; `None` where the
    /// size of the file is not known.
    pub fn percent(&self) -> Option<u8> {
        if self.state == ImportState::Completed {
            return Some(100);
        }
        percent_read(self.bytes_read, self.bytes_total)
    }
}

/// How much of a file has been read that is not yet done with, in whole percent: at most 99, because the last rows
/// are still under way when their bytes have been read; `None` where the file's size is not known, that is 0.
pub fn percent_read(bytes_read: u64, bytes_total: u64) -> Option<u8> {
    let percent = (u128::from(bytes_read) * 100).checked_div(u128::from(bytes_total))?;
    Some(percent.min(99) as u8)
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// The row, as a spreadsheet counts them: the header is row 1.
    pub row: u64,
    /// The column at fault.
    pub field: String,
    /// What stood there.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A contact row together with what the campaign already knows of its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The row it came from.
    pub row: u64,
    /// The contact.
    pub new: NewContact,
    /// The contact that has this number already.
    pub known: Option<ContactId>,
}

/// The next rows of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Which import.
    pub import: ImportId,
    /// The last row of this chunk.
    pub rows_read: u64,
    /// Bytes of the file that were read when this chunk ended, as its reader counts them.
    pub bytes_read: u64,
    /// Contacts.
    pub candidates: Vec<Candidate>,
    /// Rows that could not be used.
    pub rejected: Vec<RejectedRow>,
    /// Whether, and how, the import ends here.
    pub ends: Option<ImportState>,
}
