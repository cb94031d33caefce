//! Who is asking: an API key in `Authorization: Bearer`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use outdial_domain::ids::OrgId;
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::installation::hash_of;
use crate::orchestrator::Orchestrator;

/// The owner of an organization, proven by key. There are no other roles yet, so every route under
/// `/api/v1` takes one.
pub(crate) struct Owner {
    pub(crate) org: OrgId,
}

impl FromRequest for Owner {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identify(request))
    }
}

fn identify(request: &HttpRequest) -> Result<Owner, Problem> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some(key) = header.and_then(bearer_key) else {
        return Err(Problem::unauthorized(
            "send the API key as `Authorization: Bearer odk_…`",
        ));
    };
    let Some(outdial) = request.app_data::<web::Data<Orchestrator>>() else {
        return Err(Problem::not_ready("the HTTP layer is not mounted".to_owned()));
    };
    let hash = hash_of(key.trim());
    let known = outdial
        .inner
        .owner_keys
        .iter()
        .any(|owner| bool::from(owner.ct_eq(&hash)));
    if known {
        Ok(Owner {
            org: outdial.inner.org,
        })
    } else {
        Err(Problem::unauthorized("this API key is not known"))
    }
}

/// The scheme's name may be in capitals or not (RFC 9110, section 11.1).
fn bearer_key(header: &str) -> Option<&str> {
    let (scheme, key) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key)
}
