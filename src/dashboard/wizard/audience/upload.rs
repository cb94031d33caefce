//! What the form of the step brings: its list onto disk, as it comes, its other fields into hand.

use std::path::PathBuf;

use actix_multipart::{Field, Multipart};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use super::super::drafts::{self, Draft, hex};
use super::{PASTED, SHOWN_AGAIN};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::Fields;
use crate::dashboard::visit::Visit;
use crate::error::Error;
use crate::http::list_form;
use crate::uploads::Passing;

/// A field beside the list may have this many bytes.
const LONGEST: usize = 4 << 10;
/// Lines that are pasted, together.
const MOST_PASTED: usize = 8 << 20;
const PASTED_TOO_LONG: &str = "is too long to be pasted: choose it as a file";

/// What has arrived.
pub(super) struct Arrived {
    pub(super) fields: Fields,
    list: Option<List>,
    pasted: String,
}

/// A list on disk, removed unless it is taken.
struct List {
    _passing: Passing,
    path: PathBuf,
    name: String,
    digest: [u8; 32],
}

/// Reads the whole form; a list of any size goes to disk.
pub(super) async fn receive(visit: &Visit, mut form: Multipart) -> Result<Arrived, Failure> {
    let mut arrived = Arrived {
        fields: Fields::default(),
        list: None,
        pasted: String::new(),
    };
    while let Some(mut field) = form
        .try_next()
        .await
        .map_err(|error| list_form::unreadable(&error))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => arrived.list = list(visit, &mut field).await?.or(arrived.list),
            "pasted" => {
                arrived.pasted = list_form::text(&mut field, &name, MOST_PASTED, PASTED_TOO_LONG).await?;
            }
            _ => {
                let value = list_form::text(&mut field, &name, LONGEST, "is too long").await?;
                arrived.fields.0.push((name, value));
                // Before more of it is read.
                drafts::is_too_much(&arrived.fields)?;
            }
        }
    }
    Ok(arrived)
}

/// Writes a file of the form to disk. A browser sends one without a name where none was chosen.
async fn list(visit: &Visit, field: &mut Field) -> Result<Option<List>, Failure> {
    let given = field
        .content_disposition()
        .and_then(|header| header.get_filename());
    let name = given.unwrap_or_default().to_owned();
    let outdial = visit.outdial();
    let (id, path) = outdial.new_import();
    let passing = Passing::of(&outdial.inner.uploads, id);
    let digest = list_form::write(field, &path).await?;
    Ok((!name.is_empty()).then_some(List {
        _passing: passing,
        path,
        name,
        digest,
    }))
}

impl Arrived {
    /// Whether a file has arrived, which no form can show again.
    pub(super) fn has_file(&self) -> bool {
        self.list.is_some()
    }

    /// What the form is to show again where its list was not taken: with the lines that were pasted.
    pub(super) fn shown_again(&self, draft: &Draft) -> Fields {
        with_pasted(draft.fields.clone(), &self.pasted)
    }

    /// The digest of the list that the draft would have, as hexadecimal digits; empty where it would have none.
    pub(super) fn list_digest(&self, visit: &Visit, draft: &Draft) -> String {
        if let Some(list) = &self.list {
            hex(&list.digest)
        } else if !self.pasted.is_empty() {
            hex(&Sha256::digest(&self.pasted))
        } else if was_shown(visit, draft) {
            String::new()
        } else {
            draft.list_digest().to_owned()
        }
    }

    /// Gives the draft the list that has arrived, if one has: a file goes before lines that were pasted. Whether it has
    /// another list now.
    pub(super) async fn take_list(&self, visit: &Visit, draft: &mut Draft) -> Result<bool, Failure> {
        let before = draft.list_digest().to_owned();
        if let Some(list) = &self.list {
            draft
                .take_list(visit, &list.path, &list.name, list.digest)
                .await?;
        } else if !self.pasted.is_empty() {
            let pasted = pasted(visit, &self.pasted).await?;
            draft
                .take_list(visit, &pasted.path, PASTED, pasted.digest)
                .await?;
        } else if was_shown(visit, draft) {
            // The lines that were pasted before stood there, and were taken out.
            draft.drop_list(visit);
        }
        Ok(draft.list_digest() != before && draft.file_name.is_some())
    }
}

fn with_pasted(mut fields: Fields, lines: &str) -> Fields {
    if !lines.is_empty() {
        fields.set("pasted", lines);
    }
    fields
}

fn was_shown(visit: &Visit, draft: &Draft) -> bool {
    super::pasted(visit, draft).is_some_and(|lines| lines.len() as u64 <= SHOWN_AGAIN)
}

async fn pasted(visit: &Visit, lines: &str) -> Result<List, Failure> {
    let outdial = visit.outdial();
    let (id, path) = outdial.new_import();
    let list = List {
        _passing: Passing::of(&outdial.inner.uploads, id),
        digest: Sha256::digest(lines).into(),
        name: PASTED.to_owned(),
        path,
    };
    let full = |error| Error::Unavailable(format!("the lines cannot be kept: {error}"));
    tokio::fs::write(&list.path, lines).await.map_err(full)?;
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_pasted_and_not_taken_stand_in_the_form_again() {
        let fields = with_pasted(Fields::default(), "phone\n+12025550123");
        assert_eq!(fields.get("pasted"), "phone\n+12025550123");
        assert_eq!(with_pasted(Fields::default(), ""), Fields::default());
    }
}
