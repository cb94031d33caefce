//! `/api-keys`: each is shown once, and kept as a hash. A revoked key lets nobody in from the answer on; what is known
//! of it is listed with `?revoked=true`.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::{ApiKeyId, OrgId};
use outdial_storage::read;
use outdial_storage::records::ApiKeyV1;
use serde_json::{Value, json};

use super::openapi::Parameter;
use super::openapi::{ApiKeyChanges, ApiKeyFields};
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::view::{ApiKeyView, MadeApiKeyView};
use crate::{spec, view};

/// What is shown of a key, and not changed with it.
const READ_ONLY: [&str; 9] = [
    "id",
    "role",
    "member_id",
    "prefix",
    "created_at",
    "created_by",
    "last_used_at",
    "expired",
    "revoked_at",
];

pub(crate) fn routes(api: &mut Api) {
    api.post("/api-keys", create)
        .says("Make an API key, which is shown this once")
        .called("createApiKey")
        .takes::<ApiKeyFields>()
        .answers_with::<MadeApiKeyView>(StatusCode::CREATED)
        .needs(Role::Admin, Area::ApiKeys)
        .creates("API key");
    api.get("/api-keys", list)
        .says("List API keys")
        .called("listApiKeys")
        .lists::<ApiKeyView>()
        .query(Parameter::words(
            "revoked",
            "Whether those are listed that were revoked, too.",
            &["true", "false"],
        ))
        .needs(Role::Admin, Area::ApiKeys);
    api.get("/api-keys/{id}", get)
        .says("Get what is known of an API key")
        .called("getApiKey")
        .answers::<ApiKeyView>()
        .conditional()
        .needs(Role::Admin, Area::ApiKeys);
    api.patch("/api-keys/{id}", change)
        .says("Rename an API key, confine it, or have it expire")
        .called("changeApiKey")
        .takes_changes::<ApiKeyChanges>()
        .answers::<ApiKeyView>()
        .conflicts("this is the last owner's way in; make another owner's key first")
        .conditional()
        .needs(Role::Admin, Area::ApiKeys);
    api.delete("/api-keys/{id}", revoke)
        .says("Revoke an API key: it lets nobody in from the answer on")
        .called("revokeApiKey")
        .answers_nothing()
        .conflicts("this is the last owner's way in; make another owner's key first")
        .conditional()
        .needs(Role::Admin, Area::ApiKeys);
}

/// The id in a path.
fn key_id(text: &str) -> Result<ApiKeyId, Error> {
    path::id("API key", text)
}

/// What is shown of a key: never the key.
pub(super) fn shown(
    outdial: &Orchestrator,
    org: OrgId,
    id: ApiKeyId,
    key: &ApiKeyV1,
) -> Result<Value, Error> {
    let used = read::api_key_used(outdial.inner.store.as_ref(), org, id)?;
    Ok(json!(view::api_key_view(id, key, used, outdial.now())))
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_api_key(&json, outdial.now()).map_err(Error::Invalid)?;
    let (id, record, key) = outdial.add_api_key(&caller, spec).await?;
    let mut answer = shown(&outdial, caller.org, id, &record)?;
    let tag = tag(&answer);
    answer["key"] = json!(key);
    Ok(etag::created(&format!("/api-keys/{id}"), tag, &answer))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &["revoked"])?;
    let with_revoked = query.word("revoked", &["true", "false"])? == Some("true");
    let store = outdial.inner.store.as_ref();
    let mut keys = read::api_keys(store, caller.org).map_err(Error::from)?;
    keys.retain(|(_, key)| with_revoked || key.revoked_at.is_none());
    let id = |(id, _): &(ApiKeyId, ApiKeyV1)| *id;
    let page = query.page_of_all(keys, id, |(id, key)| shown(&outdial, caller.org, id, &key))?;
    let items: Vec<Value> = page.items.into_iter().collect::<Result<_, _>>()?;
    let answer = json!({"items": items, "total": page.total, "next_cursor": page.next_cursor});
    Ok(HttpResponse::Ok().json(answer))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = key_id(&id)?;
    let key = outdial.api_key(caller.org, id)?;
    answer(shown(&outdial, caller.org, id, &key)?)
}

fn answer(key: Value) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, tag(&key)))
        .json(key))
}

/// When it was last used, and that it has expired, changes by itself.
fn tag(key: &Value) -> String {
    let mut key = key.clone();
    if let Value::Object(fields) = &mut key {
        fields.retain(|name, _| name != "last_used_at" && name != "expired");
    }
    etag::of(&key)
}

/// What is given replaces what was; the rest stays (RFC 7396).
async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = key_id(&id)?;
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let key = shown(&outdial, caller.org, id, &outdial.api_key(caller.org, id)?)?;
    etag::require(&request, &tag(&key))?;
    let key = body::patched(key, changes, &READ_ONLY)?;
    let change = spec::judge_api_key_change(&key).map_err(Error::Invalid)?;
    let key = outdial.change_api_key(&caller, id, change).await?;
    answer(shown(&outdial, caller.org, id, &key)?)
}

async fn revoke(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = key_id(&id)?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let key = shown(&outdial, caller.org, id, &outdial.api_key(caller.org, id)?)?;
    etag::require(&request, &tag(&key))?;
    outdial.revoke_api_key(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
