//! Forms that make something, however often their button is pressed, once: each carries a token of its own, which the
//! API is given as the `Idempotency-Key`.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::HeaderName;
use maud::{Markup, html};
use serde_json::Value;

use super::client::Answer;
use super::failure::{Failure, Refusal};
use super::form::Fields;
use super::visit::Visit;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The hidden field.
const ONCE: &str = "once";
/// How often, and after what time, it is looked whether the first press of two has been dealt with.
const LOOKS: u32 = 100;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Fields with a new token among them.
pub(super) fn with_token(visit: &Visit, mut fields: Fields) -> Fields {
    fields.set(ONCE, visit.outdial().new_id(visit.outdial().now()).to_string());
    fields
}

/// The hidden field of a form.
pub(super) fn hidden(fields: &Fields) -> Markup {
    html! { input type="hidden" name=(ONCE) value=(fields.get(ONCE)); }
}

/// Makes what is asked for at a path. Where another press of the same button is being dealt with, this one gets the
/// same answer as that.
pub(super) async fn made(
    visit: &Visit,
    path: &str,
    fields: &Fields,
    body: &Value,
) -> Result<Answer, Failure> {
    let token = fields.given(ONCE).map(|token| (IDEMPOTENCY_KEY, token));
    for _ in 0..LOOKS {
        let asked = visit
            .api
            .ask(Method::POST, path, token.as_slice(), Some(body))
            .await;
        match asked {
            Err(Failure::Refused(refusal)) if is_under_way(&refusal) => {
                actix_web::rt::time::sleep(LOOK_AGAIN).await;
            }
            asked => return asked,
        }
    }
    Err(Failure::broken(
        "something was asked for twice, and the first took too long",
    ))
}

/// Whether a form's token made something before, otherwise than the form stands now, or nobody knows how that ended.
pub(super) fn is_spent(refusal: &Refusal) -> bool {
    ["idempotency_key_reused", "idempotency_answer_lost"].contains(&refusal.code.as_str())
}

fn is_under_way(refusal: &Refusal) -> bool {
    refusal.code == "idempotency_in_progress"
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;

    use super::*;

    fn refusal(code: &str) -> Refusal {
        let problem = serde_json::json!({"title": "Conflict", "detail": "in whatever words", "code": code});
        Refusal::read(StatusCode::CONFLICT, problem.to_string().as_bytes())
    }

    #[test]
    fn a_first_press_that_is_being_dealt_with_is_known_by_its_code() {
        assert!(is_under_way(&refusal("idempotency_in_progress")));
        assert!(!is_under_way(&refusal("idempotency_key_reused")));
        assert!(is_spent(&refusal("idempotency_key_reused")));
        assert!(is_spent(&refusal("idempotency_answer_lost")));
        assert!(!is_spent(&refusal("conflict")));
    }
}
