//! `/suppression-lists/{id}/entries` and `/check`: the numbers on a do-not-call list.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_contacts::Region;
use outdial_domain::ids::SuppressionListId;
use outdial_domain::phone::PhoneNumber;
use outdial_storage::read;
use outdial_storage::records::SuppressionV1;

use super::body;
use super::openapi::{Parameter, SuppressionEntriesSpec};
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::suppression_lists::list_id;
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::view::{EnteredView, SuppressionCheckView, SuppressionView};
use crate::{spec, view};

/// Entries read at a time while a list is filtered.
const BATCH: usize = 1024;

pub(crate) fn routes(api: &mut Api) {
    api.post("/suppression-lists/{id}/entries", add)
        .says("Enter numbers")
        .called("addSuppressions")
        .more("The list alone, or one entry alone, is taken as well. Those that can be used are entered; of the others it is said what is wrong.")
        .creates("entries")
        .takes::<SuppressionEntriesSpec>()
        .answers::<EnteredView>()
        .needs(Role::Operator, Area::SuppressionLists);
    api.get("/suppression-lists/{id}/entries", list)
        .says("List the numbers on a do-not-call list")
        .called("listSuppressions")
        .lists::<SuppressionView>()
        .query(Parameter::text("q", "A part of their number or note.", "asked"))
        .needs(Role::Viewer, Area::SuppressionLists);
    api.delete("/suppression-lists/{id}/entries/{phone_number}", remove)
        .says("Take a number off a do-not-call list")
        .called("removeSuppression")
        .query(Parameter::words("confirm", "Must be `stop` for a number whose owner asked not to be called.", &["stop"]))
        .answers_nothing()
        .conflicts("the owner of +12025550123 asked not to be called; add confirm=stop to call them again all the same")
        .needs(Role::Admin, Area::SuppressionLists);
    api.get("/suppression-lists/{id}/check", check)
        .says("Ask whether a number is on a do-not-call list")
        .called("checkSuppression")
        .query(Parameter::text("phone_number", "The number to look for.", "+12025550123").required())
        .answers::<SuppressionCheckView>()
        .needs(Role::Viewer, Area::SuppressionLists);
}

/// A list that there is, and the region of numbers written for it without a country code.
fn open(outdial: &Orchestrator, caller: &Caller, id: &str) -> Result<(SuppressionListId, Region), Error> {
    let id = list_id(id)?;
    let list = outdial.suppression_list(caller.org, id)?;
    Ok((id, list.default_region.parse().unwrap_or(Region::US)))
}

async fn add(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (id, region) = open(&outdial, &caller, &id)?;
    let json = body::json(&request, payload).await?;
    let judged = spec::judge_suppression_entries(&json, region, outdial.now());
    let (good, errors) = judged.map_err(Error::Invalid)?;
    let entered = outdial.enter(caller.org, id, good).await?;
    Ok(HttpResponse::Ok().json(EnteredView {
        added: entered.added,
        already_there: entered.already_there,
        errors,
    }))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, _) = open(&outdial, &caller, &id)?;
    let query = ListQuery::read(&request, &["q"])?;
    let wanted = query.filter("q").map(str::to_lowercase);
    let matches = |(phone, entry): &(PhoneNumber, SuppressionV1)| {
        let Some(words) = &wanted else { return true };
        phone.to_string().contains(words.trim()) || entry.note.to_lowercase().contains(words)
    };
    let store = outdial.inner.store.as_ref();
    // Digits alone: a `+` in a URL is easily lost.
    let mut last = match query.cursor::<u64>()? {
        None => None,
        Some(digits) => {
            let phone = PhoneNumber::from_digits(digits);
            let message = || Error::field("cursor", format!("`{digits}` is not a cursor of this list"));
            Some(phone.ok_or_else(message)?)
        }
    };
    let mut found = Vec::new();
    while found.len() <= query.limit {
        let batch = if wanted.is_some() { BATCH } else { query.limit + 1 };
        let page = read::suppressions(store, caller.org, id, last, batch).map_err(Error::from)?;
        let Some((end, _)) = page.last() else { break };
        last = Some(*end);
        found.extend(page.into_iter().filter(matches));
    }
    let now = outdial.now();
    let cursor = |(phone, _): &(PhoneNumber, SuppressionV1)| phone.digits().to_string();
    let show = |(phone, entry): (PhoneNumber, SuppressionV1)| view::suppression_view(phone, &entry, now);
    Ok(HttpResponse::Ok().json(query.page(found, None, cursor, show)))
}

/// Takes a number off the list. One whose owner asked for it only comes off with `?confirm=stop`.
async fn remove(
    outdial: Data<Orchestrator>,
    caller: Caller,
    ids: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, phone) = ids.into_inner();
    let (id, region) = open(&outdial, &caller, &id)?;
    let phone = spec::judge_suppressed_number(&phone, region).map_err(Error::Invalid)?;
    let query = ListQuery::read(&request, &["confirm"])?;
    let confirmed = query.word("confirm", &["stop"])?.is_some();
    outdial.unenter(caller.org, id, phone, confirmed).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn check(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, region) = open(&outdial, &caller, &id)?;
    let query = ListQuery::read(&request, &["phone_number"])?;
    let text = query.filter("phone_number");
    let text = text.ok_or_else(|| Error::field("phone_number", "is required: the number to look for"))?;
    let phone = spec::judge_suppressed_number(text, region).map_err(Error::Invalid)?;
    let entry = outdial.suppression(caller.org, id, phone)?;
    let now = outdial.now();
    Ok(HttpResponse::Ok().json(SuppressionCheckView {
        suppressed: entry.as_ref().is_some_and(|entry| entry.holds(now)),
        entry: entry.map(|entry| view::suppression_view(phone, &entry, now)),
    }))
}
