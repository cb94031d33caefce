//! `/law-presets`: the calling laws that a campaign can name.

use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::law::Preset;
use schemars::JsonSchema;
use serde::Serialize;

use super::openapi;
use super::operation::Api;
use super::page::{ListQuery, Page};
use super::problem::Problem;
use crate::access::Caller;
use crate::error::Error;
use crate::view::{LawPresetView, law_preset_view};

const NOTE: &str = "This is not legal advice: a preset holds a few figures of a law as of a date, without its \
                    exceptions and definitions, and only ever takes hours and attempts away.";

/// The list, and what to think of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LawPresets")]
pub(super) struct Presets {
    #[serde(flatten)]
    page: Page<LawPresetView>,
    /// What to think of it.
    note: &'static str,
}

pub(crate) fn routes(api: &mut Api) {
    api.get("/law-presets", list)
        .says("List the laws of which figures are known; no legal advice")
        .called("listLawPresets")
        .answers::<Presets>()
        .query(openapi::limit())
        .query(openapi::cursor())
        .needs_any_key();
}

async fn list(_caller: Caller, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let all = Preset::all();
    let rest = match query.cursor::<String>()? {
        None => all,
        Some(last) => {
            let place = all.iter().position(|preset| preset.id == last);
            let unknown = || Error::field("cursor", format!("`{last}` is not a cursor of this list"));
            &all[place.ok_or_else(unknown)? + 1..]
        }
    };
    let found: Vec<&Preset> = rest.iter().take(query.limit + 1).collect();
    let total = Some(all.len() as u64);
    let page = query.page(found, total, |preset| preset.id.to_owned(), law_preset_view);
    Ok(HttpResponse::Ok().json(Presets { page, note: NOTE }))
}
