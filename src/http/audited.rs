//! What changes something is written into the audit log by the gate, from how its operation is declared: before the
//! handler runs, and once more with the answer's status and what became of the thing before the answer leaves.

use actix_web::ResponseError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web;
use outdial_storage::records::AuditEntryV1;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::problem::Problem;
use super::{BASE, snapshot};
use crate::access::{Caller, kept};
use crate::orchestrator::Orchestrator;

/// What is claimed or named in a request is kept to so many characters.
const LONGEST_TEXT: usize = 200;

/// An operation that changes something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Deed {
    method: Method,
    /// Below the base, with the names of its parts in braces.
    path: &'static str,
    /// The names of those parts.
    ids: Vec<&'static str>,
    /// `campaign.start`.
    action: String,
    /// `campaign`.
    resource_type: String,
    /// Whether it is about something new: one thing, or many at once.
    makes: bool,
    /// Whether an answer that tells of no new address counts what was done.
    counts: bool,
}

impl Deed {
    /// What an operation does; `None` where it changes nothing.
    pub(super) fn of(operation: &Operation) -> Option<Self> {
        let does = || Self::named(&operation.method, operation.path, operation.creates.is_some());
        operation.changes().then(does)
    }

    fn named(method: &Method, path: &'static str, creates: bool) -> Self {
        let parts = || path.split('/').filter(|part| !part.is_empty());
        let ids = parts().filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let words: Vec<&str> = parts().filter(|part| !part.starts_with('{')).collect();
        let ids: Vec<&'static str> = ids.collect();
        let last = words.last().copied().unwrap_or_default();
        let before_last = words.iter().rev().nth(1).copied();
        let is_collection = last.ends_with('s');
        let (resource, verb) = match (method, before_last) {
            (&Method::POST, _) if is_collection => (last, "create"),
            (&Method::POST, Some(resource)) => (resource, last),
            (&Method::POST, None) => ("installation", last),
            (&Method::PATCH, _) => (last, "change"),
            // There is no other method that changes anything.
            _ => (last, "delete"),
        };
        let resource_type = singular(resource);
        Self {
            method: method.clone(),
            path,
            ids,
            action: format!("{resource_type}.{verb}"),
            resource_type,
            makes: creates || verb == "create",
            counts: verb == "create" || verb == "import",
        }
    }

    /// Lets the request through to its handler where it was admitted, and writes down what came of it.
    pub(super) async fn audited(
        &self,
        request: ServiceRequest,
        next: Next<BoxBody>,
        caller: &Caller,
        admitted: Result<(), Problem>,
    ) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
        let Some(outdial) = request.app_data::<web::Data<Orchestrator>>().cloned() else {
            return Err(Problem::not_ready("the HTTP layer is not mounted".to_owned()).into());
        };
        let mut entry = self.begun(&outdial, caller, &request);
        let ids = entry.resource_ids.clone();
        if admitted.is_ok() && !self.makes {
            entry.before = snapshot::load(&outdial, caller.org, &self.resource_type, &ids)
                .as_ref()
                .map(kept);
        }
        let id = outdial.begin_audit(caller.org, &entry).map_err(Problem::from)?;
        let answered = match admitted {
            Ok(()) => next.call(request).await,
            Err(problem) => Ok(request.into_response(problem.error_response())),
        };
        let (answered, succeeded) = match answered {
            Ok(response) => {
                let succeeded = response.status().is_success();
                entry.status = Some(response.status().as_u16());
                let response = if succeeded {
                    self.note_result(&outdial, caller, response, &mut entry)
                } else {
                    response
                };
                (Ok(response), succeeded)
            }
            Err(error) => {
                entry.status = Some(error.as_response_error().status_code().as_u16());
                (Err(error), false)
            }
        };
        let ended = outdial.end_audit(caller.org, id, &entry).await;
        if succeeded {
            ended.map_err(Problem::from)?;
        }
        // Whoever is refused is told why, whether that could be written down or not.
        answered
    }

    fn begun(&self, outdial: &Orchestrator, caller: &Caller, request: &ServiceRequest) -> AuditEntryV1 {
        let ids = self.ids.iter().filter_map(|name| request.match_info().get(name));
        let ids: Vec<String> = ids.map(shortened).collect();
        let claimed = request.headers().get("x-forwarded-for");
        AuditEntryV1 {
            at: outdial.now().millis(),
            actor: caller.name.clone(),
            role: caller.role.place(),
            api_key: caller.api_key.map(|id| id.0),
            member: caller.member.map(|id| id.0),
            from: request.peer_addr().map(|address| address.ip().to_string()),
            forwarded_for: claimed.map(|value| shortened(&String::from_utf8_lossy(value.as_bytes()))),
            method: self.method.to_string(),
            path: self.path.to_owned(),
            action: self.action.clone(),
            resource_type: self.resource_type.clone(),
            // What is made has no id yet; what many are put into is not what this is about.
            resource_id: ids.last().filter(|_| !self.makes).cloned(),
            resource_ids: ids,
            before: None,
            after: None,
            status: None,
        }
    }

    /// What became of the thing, or what the answer counts. The answer goes on as it was.
    fn note_result(
        &self,
        outdial: &Orchestrator,
        caller: &Caller,
        response: ServiceResponse<BoxBody>,
        entry: &mut AuditEntryV1,
    ) -> ServiceResponse<BoxBody> {
        let made = response.headers().get(header::LOCATION);
        let made = made.and_then(|location| made_at(location.to_str().ok()?));
        if self.counts && made.is_none() {
            let (request, response) = response.into_parts();
            let (response, body) = response.into_parts();
            let body = match body.try_into_bytes() {
                Ok(bytes) => {
                    entry.after = counts(&bytes).as_ref().map(kept);
                    BoxBody::new(bytes)
                }
                Err(body) => body,
            };
            return ServiceResponse::new(request, response.set_body(body));
        }
        let (kind, ids) = match made {
            Some((kind, ids)) => {
                entry.resource_id = ids.last().cloned();
                entry.resource_type.clone_from(&kind);
                for id in &ids {
                    if !entry.resource_ids.contains(id) {
                        entry.resource_ids.push(id.clone());
                    }
                }
                (kind, ids)
            }
            None => (self.resource_type.clone(), entry.resource_ids.clone()),
        };
        entry.after = snapshot::load(outdial, caller.org, &kind, &ids)
            .as_ref()
            .map(kept);
        response
    }
}

/// What an address of the API names: `/api/v1/campaigns/…/imports/…` is an import, by its campaign's id and its own.
fn made_at(location: &str) -> Option<(String, Vec<String>)> {
    let parts: Vec<&str> = location.strip_prefix(BASE)?.split('/').skip(1).collect();
    let ids = parts.iter().skip(1).step_by(2);
    let ids: Vec<String> = ids.map(|id| shortened(id)).collect();
    let kind = parts.iter().step_by(2).nth(ids.len().checked_sub(1)?)?;
    Some((singular(kind), ids))
}

/// The numbers in an answer, and how many its lists hold.
fn counts(answer: &[u8]) -> Option<Value> {
    let answer: Map<String, Value> = serde_json::from_slice(answer).ok()?;
    let counted = answer.into_iter().filter_map(|(name, value)| match value {
        Value::Number(number) => Some((name, Value::Number(number))),
        Value::Array(list) => Some((name, json!(list.len()))),
        _ => None,
    });
    Some(Value::Object(counted.collect()))
}

/// What one of a collection is called: `campaigns` hold campaigns, `entries` an entry each.
fn singular(collection: &str) -> String {
    match collection.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => collection.strip_suffix('s').unwrap_or(collection).to_owned(),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_named_after_the_thing_and_the_deed() {
        let named = |method: Method, path, creates| {
            let deed = Deed::named(&method, path, creates);
            (deed.action, deed.makes)
        };
        for (path, action) in [
            ("/campaigns", "campaign.create"),
            ("/campaigns/{id}/contacts", "contact.create"),
            ("/campaigns/{id}/imports", "import.create"),
            ("/suppression-lists/{id}/entries", "entry.create"),
        ] {
            assert_eq!(named(Method::POST, path, false), (action.to_owned(), true));
        }
        let duplicate = named(Method::POST, "/campaigns/{id}/duplicate", true);
        assert_eq!(duplicate, ("campaign.duplicate".to_owned(), true));
        for (method, path, action) in [
            (Method::POST, "/campaigns/{id}/start", "campaign.start"),
            (Method::POST, "/campaigns/{id}/contacts/{c}/skip", "contact.skip"),
            (Method::POST, "/attempts/{id}/result", "attempt.result"),
            (Method::POST, "/release", "installation.release"),
            (Method::PATCH, "/campaigns/{id}", "campaign.change"),
            (Method::PATCH, "/organization", "organization.change"),
            (Method::DELETE, "/api-keys/{id}", "api-key.delete"),
            (
                Method::DELETE,
                "/suppression-lists/{id}/entries/{p}",
                "entry.delete",
            ),
        ] {
            assert_eq!(named(method, path, false), (action.to_owned(), false), "{path}");
        }
    }

    #[test]
    fn an_address_tells_what_was_made() {
        let made = |location: &str| made_at(location);
        assert_eq!(
            made("/api/v1/voice-profiles/7"),
            Some(("voice-profile".to_owned(), vec!["7".to_owned()]))
        );
        assert_eq!(
            made("/api/v1/campaigns/1/imports/2"),
            Some(("import".to_owned(), vec!["1".to_owned(), "2".to_owned()]))
        );
        assert_eq!(made("/api/v1/campaigns"), None);
        assert_eq!(made("https://example.com/"), None);
    }

    #[test]
    fn an_answer_to_many_is_kept_as_its_counts() {
        let answer = br#"{"imported": 2, "errors": [{"row": 1}], "note": "x", "duplicate_rows": []}"#;
        assert_eq!(
            counts(answer),
            Some(json!({"imported": 2, "errors": 1, "duplicate_rows": 0}))
        );
        assert_eq!(counts(b"[1]"), None);
    }
}
