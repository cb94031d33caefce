//! `/audit-log`: who did what, from where, with before and after, newest first. There is no way to change or delete any
//! of it.

use std::io::{self, Write};

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use outdial_contacts::formula_free;
use outdial_domain::ids::{AuditEntryId, OrgId};
use serde_json::Value;

use super::openapi::{EXAMPLE_ID, Parameter};
use super::operation::{Api, Operation};
use super::page::ListQuery;
use super::path;
use super::pipe::{self, Pipe};
use super::problem::Problem;
use crate::access::{Area, AuditFilter, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::{self, AuditEntryView};

/// Entries read at a time while they are exported.
const BATCH: usize = 64;
const FILTERS: [&str; 6] = [
    "actor",
    "action",
    "resource_type",
    "resource_id",
    "since",
    "until",
];
const COLUMNS: [&str; 17] = [
    "id",
    "at",
    "actor",
    "role",
    "api_key_id",
    "member_id",
    "from",
    "forwarded_for",
    "method",
    "path",
    "action",
    "resource_type",
    "resource_id",
    "resource_ids",
    "status",
    "before",
    "after",
];

pub(crate) fn routes(api: &mut Api) {
    api.get("/audit-log", list)
        .says("List who did what, newest first")
        .called("listAuditLog")
        .lists::<AuditEntryView>()
        .needs(Role::Admin, Area::AuditLog);
    api.get("/audit-log/export", export)
        .says("Export who did what as a file")
        .called("exportAuditLog")
        .query(Parameter::words(
            "format",
            "In which form; csv where left out.",
            &["csv", "json"],
        ))
        .answers_text("text/csv; charset=utf-8", "id,at,actor,role,action\r\n")
        .answers::<Vec<AuditEntryView>>()
        .needs(Role::Admin, Area::AuditLog);
    api.get("/audit-log/{id}", get)
        .says("Get an entry of the audit log")
        .called("getAuditEntry")
        .answers::<AuditEntryView>()
        .needs(Role::Admin, Area::AuditLog);
    for operation in &mut api.operations {
        if ["/audit-log", "/audit-log/export"].contains(&operation.path) {
            filters(operation);
        }
    }
}

/// What the log is looked through by.
fn filters(operation: &mut Operation) {
    operation
        .query(Parameter::text(
            "actor",
            "Who did it: a name, or the id of a key or a member.",
            "nightly import",
        ))
        .query(Parameter::text("action", "What was done.", "campaign.start"))
        .query(Parameter::text(
            "resource_type",
            "To what kind of thing.",
            "campaign",
        ))
        .query(Parameter::text("resource_id", "To which.", EXAMPLE_ID))
        .query(Parameter::time("since", "At this instant or later."))
        .query(Parameter::time("until", "Before this instant."));
}

fn filter(query: &ListQuery) -> Result<AuditFilter, Error> {
    let text = |name: &str| query.filter(name).map(str::to_owned);
    let instant = |name: &str| match query.filter(name) {
        Some(text) => spec::judge_instant(name, text).map(Some).map_err(Error::Invalid),
        None => Ok(None),
    };
    Ok(AuditFilter {
        actor: text("actor"),
        action: text("action"),
        resource_type: text("resource_type"),
        resource_id: text("resource_id"),
        since: instant("since")?,
        until: instant("until")?,
    })
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &FILTERS)?;
    let (filter, last) = (filter(&query)?, query.cursor::<AuditEntryId>()?);
    let wanted = query.limit + 1;
    // Who looks for what is rare reads much of the log.
    let found = web::block(move || outdial.audit_entries(caller.org, &filter, last, wanted)).await;
    let found = found.map_err(|error| Error::Unavailable(error.to_string()))??;
    let page = query.page(
        found,
        None,
        |(id, _)| id.to_string(),
        |(id, entry)| view::audit_entry_view(id, entry),
    );
    Ok(HttpResponse::Ok().json(page))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = path::id("entry of the audit log", &id)?;
    let entry = outdial.audit_entry(caller.org, id)?;
    Ok(HttpResponse::Ok().json(view::audit_entry_view(id, entry)))
}

async fn export(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let names = [FILTERS.as_slice(), &["format"]].concat();
    let query = ListQuery::read(&request, &names)?;
    let source = Source {
        outdial: outdial.get_ref().clone(),
        org: caller.org,
        filter: filter(&query)?,
    };
    Ok(match query.word("format", &["csv", "json"])? {
        Some("json") => pipe::file("application/json", "audit-log.json", move |pipe| {
            source.told(source.write_json(pipe))
        }),
        _ => pipe::file("text/csv; charset=utf-8", "audit-log.csv", move |pipe| {
            source.told(source.write_csv(pipe))
        }),
    })
}

/// The entries that are exported.
struct Source {
    outdial: Orchestrator,
    org: OrgId,
    filter: AuditFilter,
}

impl Source {
    fn told(&self, written: io::Result<()>) -> io::Result<()> {
        if let Err(error) = &written {
            tracing::warn!(org = %self.org, %error, "an export of the audit log broke off");
        }
        written
    }

    fn each(&self, mut take: impl FnMut(AuditEntryView) -> io::Result<()>) -> io::Result<()> {
        let mut last = None;
        loop {
            let batch = self.outdial.audit_entries(self.org, &self.filter, last, BATCH);
            let batch = batch.map_err(io::Error::other)?;
            let Some((end, _)) = batch.last() else {
                return Ok(());
            };
            last = Some(*end);
            for (id, entry) in batch {
                take(view::audit_entry_view(id, entry))?;
            }
        }
    }

    fn write_json(&self, pipe: &mut Pipe) -> io::Result<()> {
        let mut before: &[u8] = b"[\n";
        self.each(|entry| {
            pipe.write_all(before)?;
            before = b",\n";
            serde_json::to_writer(&mut *pipe, &entry).map_err(io::Error::from)
        })?;
        pipe.write_all(if before == b"[\n" { b"[]\n" } else { b"\n]\n" })
    }

    /// CSV as spreadsheets read it (RFC 4180, with a byte order mark), formulas made harmless.
    fn write_csv(&self, pipe: &mut Pipe) -> io::Result<()> {
        pipe.write_all("\u{feff}".as_bytes())?;
        write_row(pipe, &COLUMNS.map(str::to_owned))?;
        self.each(|entry| write_row(pipe, &cells(entry)))
    }
}

fn write_row(pipe: &mut Pipe, cells: &[String]) -> io::Result<()> {
    let quoted = |cell: &String| format!("\"{}\"", formula_free(cell).replace('"', "\"\""));
    let row: Vec<String> = cells.iter().map(quoted).collect();
    pipe.write_all(row.join(",").as_bytes())?;
    pipe.write_all(b"\r\n")
}

/// The cells of [`COLUMNS`].
fn cells(entry: AuditEntryView) -> [String; COLUMNS.len()] {
    let id = |id: Option<uuid::Uuid>| id.map_or_else(String::new, |id| id.to_string());
    let json = |value: Option<Value>| value.map_or_else(String::new, |value| value.to_string());
    [
        entry.id.to_string(),
        entry.at.to_string(),
        entry.actor.name,
        entry.actor.role.to_string(),
        id(entry.actor.api_key_id),
        id(entry.actor.member_id),
        entry.from.unwrap_or_default(),
        entry.forwarded_for.unwrap_or_default(),
        entry.method,
        entry.path,
        entry.action,
        entry.resource_type,
        entry.resource_id.unwrap_or_default(),
        entry.resource_ids.join(" "),
        entry.status.map_or_else(String::new, |status| status.to_string()),
        json(entry.before),
        json(entry.after),
    ]
}
