//! A test call: a form, and the campaign of one contact that it becomes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use maud::{Markup, html};
use outdial_contacts::{Region, normalize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Line, carrier, line_page};
use crate::access::{Area, Role};
use crate::dashboard::BASE;
use crate::dashboard::api::{Campaign, List, Named};
use crate::dashboard::edited::shown_again;
use crate::dashboard::failure::{Failure, FieldError, Refusal};
use crate::dashboard::form::{Fields, Form, Typed, choices};
use crate::dashboard::once;
use crate::dashboard::visit::Visit;

/// A form with nothing in it.
pub(super) fn empty(visit: &Visit) -> Form {
    Form::of(once::with_token(visit, Fields::default()))
}

pub(super) async fn section(visit: &Visit, line: &Line, form: &Form) -> Result<Markup, Failure> {
    let voices: Option<List<Named>> = visit.api.get_if_there("/voice-profiles?limit=500").await?;
    let mut of_voices = choices(&[("", "none: it says “This is an automated call. Goodbye.”")]);
    let voices = voices.map(|voices| voices.items).unwrap_or_default();
    of_voices.extend(voices.into_iter().map(|voice| (voice.id.to_string(), voice.name)));
    let warning = if line.kind == "simulated" {
        "The carrier of this line is simulated: no phone rings, unless its address is that of a real one."
    } else {
        "A real phone rings, now, at whatever hour it is there. Call your own."
    };
    Ok(html! {
        section.sheet id="test-call" {
            h2 { "Test call" }
            p.flash.note { b { (warning) } }
            @if carrier::is_out_of_reach(visit, line) {
                p.hint { "The carrier cannot reach this outdial, so the call will not speak, and how it ends will not be heard." }
            }
            form method="post" action={ (BASE) "/lines/" (line.id) "/test-call" } {
                (form.summary())
                (form.input("phone_number", "Number").required().kind("tel").with("autocomplete", "tel")
                    .hint("With + and the country code; or as it is written in a country, which is then named below."))
                (form.input("default_region", "Country").with("maxlength", "2").with("placeholder", "US").with("spellcheck", "false")
                    .hint("Two letters; only for a number without +."))
                (form.select("voice_profile_id", "Voice profile", of_voices).hint("What is said, and how."))
                (once::hidden(&form.fields))
                button.primary id="ring" { "Call this number" }
                p.hint { "Do-not-call lists hold for it as for every call. It is a campaign of one contact, without retries." }
            }
        }
    })
}

/// Why a number cannot be called, by the field that says so.
fn number_of(fields: &Fields) -> Result<String, FieldError> {
    let wrong = |field: &str, message: String| FieldError {
        field: field.to_owned(),
        message,
    };
    let typed = fields.get("phone_number");
    let country = fields.given("default_region");
    if country.is_none() && !typed.starts_with('+') {
        let message =
            format!("`{typed}` does not say in which country: write + and its code, or name it below");
        return Err(wrong("phone_number", message));
    }
    let region: Region = match country.unwrap_or("US").parse() {
        Ok(region) => region,
        Err(error) => return Err(wrong("default_region", format!("{error}"))),
    };
    let number = normalize(typed, region);
    let number = number.map_err(|error| wrong("phone_number", format!("{error}")))?;
    Ok(number.to_string())
}

/// The campaign of a test call.
fn asked(line: Uuid, number: &str, voice: Option<&str>) -> Value {
    json!({
        "name": format!("Test call to {number}"),
        "description": "Made on the page of its line, to see whether the line works.",
        "type": "custom",
        "line_id": line,
        "voice_profile_id": voice,
        "calling_windows": [],
        "retry": {"max_retries": 0},
        "contacts": [{"phone_number": number}],
    })
}

/// Makes the campaign, once however often the button is pressed, starts it, and leads to where it is watched.
pub(super) async fn ring(visit: Visit, id: Path<String>, fields: Typed) -> Result<HttpResponse, Failure> {
    visit.must(Role::Operator, Area::Campaigns, true)?;
    let fields = Fields(fields.into_inner());
    let line: Line = visit.api.get(&format!("/lines/{id}")).await?;
    let number = match number_of(&fields) {
        Ok(number) => number,
        Err(error) => {
            let form = Form {
                errors: vec![error],
                ..Form::of(fields)
            };
            return Ok(shown_again(line_page(&visit, &line, &form).await?));
        }
    };
    let body = asked(line.id, &number, fields.given("voice_profile_id"));
    let campaign: Campaign = match once::made(&visit, "/campaigns", &fields, &body).await {
        Ok(answer) => answer.read()?,
        Err(Failure::Refused(refusal)) => {
            // What was refused may be mended and sent as something new.
            let fields = once::with_token(&visit, fields);
            let form = Form::refused(fields, &of_the_form(*refusal));
            return Ok(shown_again(line_page(&visit, &line, &form).await?));
        }
        Err(failure) => return Err(failure),
    };
    let watched = format!("/lines/{}/test-call/{}", line.id, campaign.id);
    let start = format!("/campaigns/{}/start", campaign.id);
    match visit.api.post(&start, &Value::Null).await {
        Ok(_) => Ok(visit.goes_to(&watched)),
        // The other of two presses has started it.
        Err(Failure::Refused(refusal)) if refusal.status == StatusCode::CONFLICT => {
            Ok(visit.goes_to(&watched))
        }
        Err(Failure::Refused(refusal)) => Ok(visit.refused(&watched, &refusal)),
        Err(failure) => Err(failure),
    }
}

/// The fields of the campaign as the form calls them.
fn of_the_form(mut refusal: Refusal) -> Refusal {
    for error in &mut refusal.errors {
        if error.field.starts_with("contacts") {
            "phone_number".clone_into(&mut error.field);
        }
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(typed: &str, country: &str) -> Result<String, String> {
        let fields = Fields(choices(&[("phone_number", typed), ("default_region", country)]));
        number_of(&fields).map_err(|error| error.field)
    }

    #[test]
    fn a_number_is_rung_as_the_country_writes_it_or_with_its_code() {
        assert_eq!(number("+1 202-555-0123", ""), Ok("+12025550123".to_owned()));
        assert_eq!(number("020 7946 0018", "gb"), Ok("+442079460018".to_owned()));
    }

    #[test]
    fn no_country_is_guessed_and_what_is_wrong_is_told_at_its_field() {
        let wrong = |field: &str| Err(field.to_owned());
        assert_eq!(number("020 7946 0018", ""), wrong("phone_number"));
        assert_eq!(number("020 7946 0018", "ZZ"), wrong("default_region"));
        assert_eq!(number("+1 2", ""), wrong("phone_number"));
    }

    #[test]
    fn what_the_api_says_of_the_contact_is_told_at_the_number() {
        let refusal = Refusal::read(
            StatusCode::UNPROCESSABLE_ENTITY,
            br#"{"title": "", "detail": "", "errors": [{"field": "contacts[0].phone_number", "message": "is wrong"}]}"#,
        );
        assert_eq!(of_the_form(refusal).errors[0].field, "phone_number");
    }
}
