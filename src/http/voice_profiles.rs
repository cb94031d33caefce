//! `/voice-profiles`: how calls speak, and what they say. A campaign copies its profile when it is created, so
//! changes reach only campaigns created later.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::VoiceProfileId;
use outdial_domain::voice::{Answer, Place, VoiceProfile};
use outdial_storage::read;
use serde_json::{Value, json};

use super::openapi::SpokenToSpec;
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::view::{ProfileView, SpokenView, VoiceProfileView};
use crate::voice::{ContactFields, perform};
use crate::{spec, view};

pub(crate) fn routes(api: &mut Api) {
    api.post("/voice-profiles", create)
        .says("Create a voice profile")
        .called("createVoiceProfile")
        .takes::<ProfileView>()
        .answers_with::<VoiceProfileView>(StatusCode::CREATED)
        .needs(Role::Admin, Area::VoiceProfiles)
        .creates("voice profile");
    api.get("/voice-profiles", list)
        .says("List voice profiles")
        .called("listVoiceProfiles")
        .lists::<VoiceProfileView>()
        .needs(Role::Viewer, Area::VoiceProfiles);
    api.get("/voice-profiles/{id}", get)
        .says("Get a voice profile")
        .called("getVoiceProfile")
        .answers::<VoiceProfileView>()
        .conditional()
        .needs(Role::Viewer, Area::VoiceProfiles);
    api.patch("/voice-profiles/{id}", change)
        .says("Change a voice profile")
        .called("changeVoiceProfile")
        .more("What is given replaces what was; the rest stays (RFC 7396).")
        .takes_changes::<ProfileView>()
        .answers::<VoiceProfileView>()
        .conditional()
        .needs(Role::Admin, Area::VoiceProfiles);
    api.delete("/voice-profiles/{id}", delete)
        .says("Delete a voice profile")
        .called("deleteVoiceProfile")
        .answers_nothing()
        .conditional()
        .needs(Role::Admin, Area::VoiceProfiles);
    api.post("/voice-profiles/{id}/preview", preview)
        .says("See what a contact would hear, as TwiML")
        .called("previewVoiceProfile")
        .may_take::<SpokenToSpec>()
        .answers::<SpokenView>()
        .only_reads(Role::Viewer, Area::VoiceProfiles);
}

fn shown(id: VoiceProfileId, profile: &VoiceProfile) -> Value {
    json!(view::voice_profile_view(id, profile))
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let profile = spec::judge_voice_profile(&json).map_err(Error::Invalid)?;
    let id = outdial.add_voice_profile(caller.org, &profile).await?;
    let profile = shown(id, &profile);
    Ok(etag::created(
        &format!("/voice-profiles/{id}"),
        etag::of(&profile),
        &profile,
    ))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let last = query.cursor::<VoiceProfileId>()?;
    let store = outdial.inner.store.as_ref();
    let found = read::voice_profiles(store, caller.org, last, query.limit + 1).map_err(Error::from)?;
    let cursor = |(id, _): &(VoiceProfileId, VoiceProfile)| id.to_string();
    Ok(HttpResponse::Ok().json(query.page(found, None, cursor, |(id, profile)| shown(id, &profile))))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = path::id("voice profile", &id)?;
    let profile = outdial.voice_profile(caller.org, id)?;
    Ok(etag::tagged(HttpResponse::Ok(), &shown(id, &profile)))
}

/// What is given replaces what was; the rest stays (RFC 7396).
async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = path::id("voice profile", &id)?;
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let profile = shown(id, &outdial.voice_profile(caller.org, id)?);
    etag::require(&request, &etag::of(&profile))?;
    let profile = body::patched(profile, changes, &["id"])?;
    let profile = spec::judge_voice_profile(&profile).map_err(Error::Invalid)?;
    outdial.put_voice_profile(caller.org, id, &profile).await?;
    Ok(etag::tagged(HttpResponse::Ok(), &shown(id, &profile)))
}

/// Campaigns have their own copy, so no campaign loses anything.
async fn delete(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = path::id("voice profile", &id)?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let profile = outdial.voice_profile(caller.org, id)?;
    etag::require(&request, &etag::of(&shown(id, &profile)))?;
    outdial.delete_voice_profile(caller.org, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a contact would hear, as TwiML: when the call is answered, and on a machine. The body may hold a
/// `contact` to speak to.
async fn preview(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let profile = outdial.voice_profile(caller.org, path::id("voice profile", &id)?)?;
    let sample = json!({"phone_number": "+12025550123", "name": "Ada Lovelace"});
    let contact = match body::json(&request, payload).await? {
        Value::Null => sample,
        Value::Object(fields) if fields.keys().all(|name| name == "contact") => {
            fields.get("contact").cloned().unwrap_or(sample)
        }
        _ => {
            return Err(
                Error::field("body", "must be empty, or an object with a `contact`".to_owned()).into(),
            );
        }
    };
    let contact = spec::judge_contact(&contact).map_err(Error::Invalid)?;
    let fields = ContactFields::of(&contact, "preview");
    let play = |place| {
        let scene = profile.scene(place, &Answer::Nothing, None, str::to_owned);
        perform(&profile, &scene, &fields, |place| {
            format!(
                "https://outdial.invalid/voice{}",
                outdial_actors::place::to_query(place)
            )
        })
    };
    let (answered, mut problems) = play(Place::Start);
    let voicemail = profile.voicemail.is_some().then(|| {
        let (twiml, more) = play(Place::Voicemail);
        problems.extend(more);
        twiml
    });
    Ok(HttpResponse::Ok().json(SpokenView {
        answered,
        voicemail,
        problems,
    }))
}
