//! `/campaigns/{id}/contacts`: add, list, get, explain, skip, requeue.

use actix_web::web::{self, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::attempt::{Attempt, Outcome};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::ContactId;
use outdial_domain::import::Candidate;
use outdial_domain::lane::Ready;
use outdial_domain::lifecycle::ContactCommand;
use outdial_storage::read;
use serde_json::{Value, json};
use uuid::Uuid;

use super::openapi::{ContactsSpec, Parameter};
use super::operation::Api;
use super::page::{ListQuery, Page};
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::contact::{self, Bystander, ContactStanding};
use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::spec;
use crate::view::{self, AddedView, ContactView, ExplanationView, WholeContactView};

/// Contacts read at a time while a list is filtered.
const BATCH: usize = 1024;
/// Contacts looked at for one page: what is rare in a long list is looked for page by page.
const LOOKED_AT: usize = 32 * BATCH;

pub(crate) fn routes(api: &mut Api) {
    api.post("/campaigns/{id}/contacts", add)
        .says("Add up to 10,000 contacts")
        .called("addContacts")
        .more("Those that can be used are taken; of the others it is said what is wrong. A number that is there already is a duplicate.")
        .takes::<ContactsSpec>()
        .answers::<AddedView>()
        .conflicts("the campaign is completed: duplicate it to call more people")
        .needs(Role::Operator, Area::Campaigns)
        .creates("contacts");
    api.get("/campaigns/{id}/contacts", list)
        .says("List contacts")
        .called("listContacts")
        .more("With a filter a page may hold less than its limit, or nothing, before the last: go on with `next_cursor`.")
        .lists::<ContactView>()
        .query(Parameter::word_of::<ContactStatus>("status", "Where they stand."))
        .query(Parameter::word_of::<Outcome>(
            "outcome",
            "How their last attempt ended.",
        ))
        .query(Parameter::text(
            "q",
            "A part of their number, name or e-mail address.",
            "ada",
        ))
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/campaigns/{id}/contacts/{contact_id}", get)
        .says("Get a contact with its attempts")
        .called("getContact")
        .answers::<WholeContactView>()
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/campaigns/{id}/contacts/{contact_id}/explain", explain)
        .says("Explain why a contact is not being called now, and when it is next tried")
        .called("explainContact")
        .answers::<ExplanationView>()
        .needs(Role::Viewer, Area::Campaigns);
    for (path, name, summary, command) in [
        (
            "/campaigns/{id}/contacts/{contact_id}/skip",
            "skipContact",
            "Call a contact no more in this run",
            ContactCommand::Skip,
        ),
        (
            "/campaigns/{id}/contacts/{contact_id}/requeue",
            "requeueContact",
            "Call a contact again, with a new budget of retries",
            ContactCommand::Requeue,
        ),
    ] {
        api.post(path, move |outdial, caller, ids| {
            by_hand(outdial, caller, ids, command)
        })
        .says(summary)
        .called(name)
        .needs(Role::Operator, Area::Campaigns)
        .answers::<WholeContactView>()
        .conflicts("the campaign is completed; duplicate it to call again");
    }
}

async fn add(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    let json = body::json(&request, payload).await?;
    let judged =
        spec::judge_contacts(&json, &state.definition.settings.default_region).map_err(Error::Invalid)?;
    let candidates = judged
        .good
        .into_iter()
        .map(|(row, new)| Candidate {
            row,
            new,
            known: None,
        })
        .collect();
    let added = outdial.add_contacts(caller.org, state.id, candidates).await?;
    Ok(HttpResponse::Ok().json(AddedView {
        imported: added.imported,
        duplicates: added.duplicates.len(),
        duplicate_rows: added.duplicates,
        errors: judged.bad,
    }))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    let query = ListQuery::read(&request, &["status", "outcome", "q"])?;
    query.word_of::<ContactStatus>("status")?;
    query.word_of::<Outcome>("outcome")?;
    // A long list is looked through on a thread for such work: webhooks are not to wait for it.
    let page = web::block(move || page(&outdial, &state, &query)).await;
    let page = page.map_err(|error| Error::Unavailable(error.to_string()))??;
    Ok(HttpResponse::Ok().json(page))
}

fn page(
    outdial: &Orchestrator,
    state: &CampaignState,
    query: &ListQuery,
) -> Result<Page<ContactView>, Error> {
    let store = outdial.inner.store.as_ref();
    let lanes = read::lanes(store, state.id)?;
    let show = |ready: &Ready, attempt: Option<&Attempt>| {
        let lane = lanes
            .get(usize::from(ready.id.lane.0))
            .cloned()
            .unwrap_or_default();
        view::contact_view(state.id, ready, &state.progress, &lane, attempt)
    };
    let bystander = Bystander::new(outdial, state)?;
    let is_filtered = ["status", "outcome", "q"]
        .iter()
        .any(|name| query.filter(name).is_some());
    let mut last = match query.cursor::<Uuid>()? {
        None => None,
        Some(cursor) => Some(contact_id(state, &cursor.to_string())?),
    };
    let mut found = Vec::new();
    let mut looked_at = 0;
    let mut looked_to = None;
    while found.len() <= query.limit {
        if looked_at >= LOOKED_AT {
            looked_to = last.map(|id| id.uuid(state.id).to_string());
            break;
        }
        let batch = if is_filtered { BATCH } else { query.limit + 1 };
        let page = read::contacts(store, state.id, state.progress.run, last, batch)?;
        looked_at += batch;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for ready in page {
            // The filters need nothing of the attempt, which is read only for those that are shown.
            if is_filtered && !matches(&json!(show(&ready, None)), query) {
                continue;
            }
            if found.len() > query.limit {
                break;
            }
            let attempt = match ready.state.last_attempt {
                Some(id) => read::attempt(store, state.id, id)?,
                None => None,
            };
            let mut shown = show(&ready, attempt.as_ref());
            shown.due_at = lanes
                .get(usize::from(ready.id.lane.0))
                .and_then(|lane| bystander.due_at(lane, &ready));
            found.push(shown);
        }
    }
    let total = (!is_filtered).then_some(state.progress.counters.total);
    let cursor = |shown: &ContactView| shown.id.to_string();
    Ok(query.page_so_far(found, total, looked_to, cursor, |shown| shown))
}

fn matches(shown: &Value, query: &ListQuery) -> bool {
    let is = |filter: &str, field: &str| query.filter(filter).is_none_or(|wanted| shown[field] == wanted);
    let says = |field: &str, words: &str| {
        shown[field]
            .as_str()
            .is_some_and(|text| text.to_lowercase().contains(&words.to_lowercase()))
    };
    let named = query
        .filter("q")
        .is_none_or(|words| says("phone_number", words) || says("name", words) || says("email", words));
    named && is("status", "status") && is("outcome", "last_outcome")
}

pub(super) fn contact_id(state: &CampaignState, text: &str) -> Result<ContactId, Error> {
    contact::contact_id(state, path::id("contact", text)?)
}

async fn get(
    outdial: Data<Orchestrator>,
    caller: Caller,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, contact) = ids.into_inner();
    let state = outdial.campaign_of(caller.org, path::id("campaign", &campaign)?)?;
    let id = contact_id(&state, &contact)?;
    let contact = outdial.contact_of(&state, id)?;
    Ok(etag::tagged(
        HttpResponse::Ok(),
        &whole(&outdial, &state, &contact)?,
    ))
}

/// A contact with its attempts.
pub(super) fn whole(
    outdial: &Orchestrator,
    state: &CampaignState,
    contact: &ContactStanding,
) -> Result<WholeContactView, Error> {
    let (ready, lane) = (&contact.ready, &contact.lane);
    let last = ready.state.last_attempt;
    let attempts = read::attempts_of(outdial.inner.store.as_ref(), state.id, last)?;
    let latest = attempts.iter().find(|attempt| Some(attempt.id) == last);
    let mut shown = view::contact_view(state.id, ready, &state.progress, lane, latest);
    shown.due_at = Bystander::new(outdial, state)?.due_at(lane, ready);
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    let attempts = attempts.iter();
    Ok(WholeContactView {
        contact: shown,
        attempts: attempts
            .map(|attempt| view::attempt_view(state.id, provider.as_deref(), attempt))
            .collect(),
    })
}

/// Why a contact is not being called now, which rule decided, and when it is next tried.
async fn explain(
    outdial: Data<Orchestrator>,
    caller: Caller,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, contact) = ids.into_inner();
    let state = outdial.campaign_of(caller.org, path::id("campaign", &campaign)?)?;
    let id = contact_id(&state, &contact)?;
    let (explanation, contact) = outdial.explain_of(&state, id).await?;
    let shown = view::explanation_view(state.id, &contact.ready, &explanation);
    Ok(HttpResponse::Ok().json(shown))
}

async fn by_hand(
    outdial: Data<Orchestrator>,
    caller: Caller,
    ids: Path<(String, String)>,
    command: ContactCommand,
) -> Result<HttpResponse, Problem> {
    let (campaign, contact) = ids.into_inner();
    let state = outdial.campaign_of(caller.org, path::id("campaign", &campaign)?)?;
    let id = contact_id(&state, &contact)?;
    outdial.for_contact(caller.org, state.id, id, command).await?;
    let state = outdial.campaign_of(caller.org, state.id)?;
    let contact = outdial.contact_of(&state, id)?;
    Ok(HttpResponse::Ok().json(whole(&outdial, &state, &contact)?))
}
