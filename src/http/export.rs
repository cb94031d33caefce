//! `/campaigns/{id}/contacts/export`: every contact as a file.
//!
//! The file is written while it is read, so its size costs no memory. The CSV reads back as the same contacts:
//! custom data has a column for each name, and the columns that tell how the campaign went are passed over.

use std::io::{self, Write};

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query};
use outdial_contacts::export::STANDING;
use outdial_contacts::{ExportWriter, ExportedContact};
use outdial_domain::ids::ContactId;
use outdial_domain::lane::Ready;
use outdial_storage::read;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::openapi::Parameter;
use super::operation::Api;
use super::path;
use super::pipe::{self, Pipe};
use super::problem::Problem;
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::view::words::Word;
use crate::view::{self, ContactView};

/// Contacts read at a time.
const BATCH: usize = 1024;
/// Custom data may have this many names where each is a column.
const MOST_COLUMNS: usize = 256;
/// The names may have this many bytes together, so that a reader sees all of the header at once.
const LONGEST_HEADER: usize = 32 << 10;

pub(crate) fn routes(api: &mut Api) {
    api.get("/campaigns/{id}/contacts/export", export)
        .says("Export every contact as a file")
        .called("exportContacts")
        .query(Parameter::words(
            "format",
            "In which form; csv where left out.",
            &["csv", "json"],
        ))
        .answers_text(
            "text/csv; charset=utf-8",
            "phone_number,name,status\r\n+12025550123,Ada Lovelace,completed\r\n",
        )
        .answers::<Vec<ContactView>>()
        .needs(Role::Viewer, Area::Campaigns);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Format {
    format: Option<String>,
}

async fn export(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    format: Query<Format>,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    let source = Source {
        outdial: outdial.get_ref().clone(),
        state,
    };
    match format.format.as_deref() {
        None | Some("csv") => {
            let known = web::block(move || source.custom_names().map(|names| (source, names))).await;
            let (source, names) = known.map_err(|error| Error::Unavailable(error.to_string()))??;
            Ok(pipe::file(
                "text/csv; charset=utf-8",
                "contacts.csv",
                move |pipe| told(&source, source.write_csv(&names, pipe)),
            ))
        }
        Some("json") => Ok(pipe::file("application/json", "contacts.json", move |pipe| {
            told(&source, source.write_json(pipe))
        })),
        Some(other) => Err(Error::field("format", format!("`{other}` is neither csv nor json")).into()),
    }
}

fn told(source: &Source, written: io::Result<()>) -> io::Result<()> {
    if let Err(error) = &written {
        tracing::warn!(campaign = %source.state.id, %error, "an export broke off");
    }
    written
}

/// The contacts of a campaign.
struct Source {
    outdial: Orchestrator,
    state: CampaignState,
}

impl Source {
    /// The names in the custom data of all contacts, in the order in which they first come.
    fn custom_names(&self) -> Result<Vec<String>, Error> {
        let mut names: Map<String, Value> = Map::new();
        let mut bytes = 0;
        self.each_batch(|batch| {
            for ready in batch {
                let Some(data) = object(&ready.contact.custom_data) else {
                    continue;
                };
                for (name, _) in data {
                    if !names.contains_key(&name) {
                        bytes += name.len();
                        names.insert(name, Value::Null);
                    }
                }
                if names.len() > MOST_COLUMNS || bytes > LONGEST_HEADER {
                    let message = "the custom data of these contacts has too many different names to give each a \
                                   column; ask for format=json";
                    return Err(Error::field("format", message));
                }
            }
            Ok(())
        })?;
        Ok(names.into_iter().map(|(name, _)| name).collect())
    }

    /// Hands over the contacts in the order of their list, some at a time.
    fn each_batch<E: From<Error>>(&self, mut take: impl FnMut(Vec<Ready>) -> Result<(), E>) -> Result<(), E> {
        let store = self.outdial.inner.store.as_ref();
        let mut last: Option<ContactId> = None;
        loop {
            let run = self.state.progress.run;
            let batch = read::contacts(store, self.state.id, run, last, BATCH).map_err(Error::from)?;
            let Some(end) = batch.last() else {
                return Ok(());
            };
            last = Some(end.id);
            take(batch)?;
        }
    }

    fn each(&self, mut take: impl FnMut(ContactView) -> io::Result<()>) -> io::Result<()> {
        let store = self.outdial.inner.store.as_ref();
        let taken = self.each_batch(|batch| {
            let lanes = read::lanes(store, self.state.id).map_err(Error::from)?;
            for ready in batch {
                let lane = lanes
                    .get(usize::from(ready.id.lane.0))
                    .cloned()
                    .unwrap_or_default();
                let attempt = match ready.state.last_attempt {
                    Some(id) => read::attempt(store, self.state.id, id).map_err(Error::from)?,
                    None => None,
                };
                let (id, progress) = (self.state.id, &self.state.progress);
                take(view::contact_view(id, &ready, progress, &lane, attempt.as_ref()))?;
            }
            Ok::<_, Broken>(())
        });
        taken.map_err(|Broken(error)| error)
    }

    fn write_json(&self, pipe: &mut Pipe) -> io::Result<()> {
        let mut before: &[u8] = b"[\n";
        self.each(|contact| {
            pipe.write_all(before)?;
            before = b",\n";
            serde_json::to_writer(&mut *pipe, &contact).map_err(io::Error::from)
        })?;
        pipe.write_all(if before == b"[\n" { b"[]\n" } else { b"\n]\n" })
    }

    fn write_csv(&self, names: &[String], pipe: &mut Pipe) -> io::Result<()> {
        let columns: Vec<&str> = STANDING
            .into_iter()
            .chain(names.iter().map(String::as_str))
            .collect();
        let mut list = ExportWriter::new(pipe, &columns, true)?;
        self.each(|contact| {
            let empty = Map::new();
            let data = contact.custom_data.as_object().unwrap_or(&empty);
            if let Some((name, _)) = data.iter().find(|(name, _)| !names.contains(name)) {
                // The header is written, and nothing is left out in silence.
                let message =
                    format!("a contact with `{name}`, which nobody had before, came meanwhile; export again");
                return Err(io::Error::other(message));
            }
            let mut cells = standing(&contact).to_vec();
            cells.extend(
                names
                    .iter()
                    .map(|name| data.get(name).map_or_else(String::new, cell)),
            );
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            list.write(&ExportedContact {
                phone: contact.phone_number,
                name: contact.name.as_deref(),
                email: contact.email.as_deref(),
                timezone: contact.timezone.and_then(|zone| zone.parse().ok()),
                not_before: contact.asked_not_before,
                person_id: contact.person_id.as_deref(),
                others: &cells,
            })
        })?;
        list.finish().map(drop)
    }
}

/// The cells of the columns [`STANDING`].
fn standing(contact: &ContactView) -> [String; STANDING.len()] {
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        contact.status.word().to_owned(),
        shown(&contact.status_reason),
        contact.attempt_count.to_string(),
        contact.called_at.map_or_else(String::new, |at| at.to_string()),
        contact
            .last_outcome
            .map_or_else(String::new, |outcome| outcome.word().to_owned()),
        shown(&contact.result_summary),
        shown(&contact.error_message),
        contact
            .sentiment_score
            .map_or_else(String::new, |score| score.to_string()),
    ]
}

/// A text as it is, anything else as JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn object(json: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(json).ok()
}

/// Why an export breaks off.
struct Broken(io::Error);

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self(io::Error::other(error))
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}
