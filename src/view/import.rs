//! An uploaded list as the API shows it.

use std::collections::BTreeMap;

use outdial_domain::ids::ImportId;
use outdial_domain::import::{Import, ImportState};
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{schema, text, words};

/// An uploaded list and how far it has come.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportView {
    /// Its id.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub id: ImportId,
    /// The name under which the file was uploaded.
    pub file_name: String,
    /// The worksheet that was asked for, if any.
    pub sheet: Option<String>,
    /// The columns that were chosen, by the field that was taken from them; a field without any is in no column.
    #[schemars(extend("propertyNames" = {"enum": [
        "phone_number", "name", "email", "timezone", "not_before", "person_id",
    ]}))]
    pub columns: BTreeMap<&'static str, Vec<String>>,
    /// `running`, `completed`, `failed` or `canceled`.
    #[schemars(extend("enum" = ["running", "completed", "failed", "canceled"]))]
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
    /// The last row taken in, as a spreadsheet counts them.
    pub rows_read: u64,
    /// Bytes of the uploaded file; 0 where that is not known, as of imports from before it was noted.
    pub bytes_total: u64,
    /// Bytes of it that were read for the rows taken in.
    pub bytes_read: u64,
    /// How much of the file that is, from 0.0 to 1.0 by hundredths: 1.0 if and only if the import is completed;
    /// `null` where the file's size is not known.
    pub progress: Option<f64>,
    /// Contacts taken in.
    pub imported: u64,
    /// Rows whose number the campaign had already.
    pub duplicates: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// When it was uploaded.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub ended_at: Option<Timestamp>,
}

/// An upload that was taken.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OpenedImportView {
    /// Its import, which has begun.
    pub import: ImportView,
}

/// Shows an import.
pub fn import_view(import: &Import) -> ImportView {
    ImportView {
        id: import.id,
        file_name: import.file_name.clone(),
        sheet: import.sheet.clone(),
        columns: import
            .columns
            .iter()
            .map(|(field, columns)| (field.word(), columns.to_vec()))
            .collect(),
        state: words::import_state(&import.state),
        reason: match &import.state {
            ImportState::Running | ImportState::Completed | ImportState::Canceled => None,
            ImportState::Failed(reason) => Some(reason.clone()),
        },
        rows_read: import.rows_read,
        bytes_total: import.bytes_total,
        bytes_read: import.bytes_read,
        progress: import.percent().map(|percent| f64::from(percent) / 100.0),
        imported: import.imported,
        duplicates: import.duplicates,
        rejected: import.rejected,
        created_at: import.created_at,
        ended_at: import.ended_at,
    }
}
