//! Adding a line and changing one. Credentials go in and never come out: left empty, what is kept stays.

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};
use serde_json::{Map, Number, Value, json};

use super::{Line, carrier, kind_told, line_and_tag};
use crate::access::{Area, Role};
use crate::dashboard::BASE;
use crate::dashboard::edited::{TAG, changed, created, shown_again};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed, choices};
use crate::dashboard::once;
use crate::dashboard::page::{Page, Part};
use crate::dashboard::visit::Visit;

const KINDS: [(&str, &str); 3] = [
    ("twilio", "Twilio"),
    ("signalwire", "SignalWire"),
    ("simulated", "a simulated carrier, for tests"),
];

pub(super) async fn new(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::Lines, true)?;
    let fields = choices(&[("kind", "twilio"), ("calls_per_second", "1")]);
    let fields = once::with_token(&visit, Fields(fields));
    Ok(new_page(&visit, &Form::of(fields)))
}

fn new_page(visit: &Visit, form: &Form) -> HttpResponse {
    let body = html! {
        p.crumbs { a href={ (BASE) "/lines" } { "Lines" } }
        div.heading { h1 { "Add a line" } }
        form.sheet.wide.line-form method="post" action={ (BASE) "/lines" } {
            (once::hidden(&form.fields))
            (form.summary())
            (form.select("kind", "Carrier", choices(&KINDS)).required())
            (name(form))
            (form.input("account_sid", "Account SID or project id").required().with("spellcheck", "false").with("autocomplete", "off")
                .hint("Twilio and simulated: the account SID, which begins with AC. SignalWire: the project id."))
            (token(form, true))
            div.for-signalwire {
                (form.input("space", "Space").with("spellcheck", "false")
                    .hint("SignalWire only: the first part of your-space.signalwire.com."))
            }
            (webhook_keys(form, "SignalWire needs the project’s Signing Key here, which is not the API token. Twilio signs with the auth token: leave it empty."))
            (limits(form))
            (base_url(form, "Needed for a simulated carrier: its address, as outdial simulator prints it. Otherwise empty, unless you use a proxy or a regional edge."))
            div.send {
                button.primary { "Add the line" }
                p.hint { "Credentials are sealed with this installation’s key, and never shown again." }
            }
        }
    };
    page(visit, "Add a line", body)
}

fn page(visit: &Visit, title: &str, body: Markup) -> HttpResponse {
    visit.page(&Page {
        title,
        part: Part::Lines,
        events: None,
        body,
    })
}

fn name(form: &Form) -> Markup {
    html! {
        (form.input("name", "Name").required().with("maxlength", "200").hint("What people call it; unique in the organization."))
    }
}

fn token(form: &Form, required: bool) -> Markup {
    let control = form
        .input("auth_token", "Auth token")
        .kind("password")
        .with("autocomplete", "new-password");
    html! {
        @if required { (control.required().hint("The account’s auth token; SignalWire: the API token.")) }
        @else { (control.hint("Empty: the one that is kept stays.")) }
    }
}

fn webhook_keys(form: &Form, hint: &str) -> Markup {
    html! {
        (form.input("webhook_keys", "Keys that sign its webhooks").kind("password").with("autocomplete", "new-password").hint(hint))
    }
}

fn limits(form: &Form) -> Markup {
    html! {
        (form.text("caller_ids", "Numbers shown to those who are rung", 3).required().with("placeholder", "+12025550123").with("spellcheck", "false")
            .hint("Numbers of the account, with + and the country code, one on a line."))
        (form.input("calls_per_second", "Calls a second").number("0.001", Some("10000"), "any").required()
            .hint("Carriers allow 1 unless you agreed on more."))
        (form.input("max_concurrent", "Calls at once").number("1", None, "1").hint("Over all campaigns. Empty: any number."))
    }
}

fn base_url(form: &Form, hint: &str) -> Markup {
    html! { (form.input("api_base_url", "Address of the carrier’s API").kind("url").hint(hint)) }
}

pub(super) async fn add(visit: Visit, fields: Typed) -> Result<HttpResponse, Failure> {
    let fields = Fields(fields.into_inner());
    let body = asked(&fields);
    match created(&visit, "/lines", fields, &body).await? {
        Ok(answer) => {
            let line: Line = answer.read()?;
            let told = format!(
                "The line {} is added. A test call tells whether it works.",
                line.name
            );
            Ok(visit.done(&format!("/lines/{}", line.id), told))
        }
        Err(form) => Ok(shown_again(new_page(&visit, &form))),
    }
}

pub(super) async fn edit(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::Lines, true)?;
    let (line, tag) = line_and_tag(&visit, &id).await?;
    let at_once = line
        .max_concurrent
        .map_or_else(String::new, |most| most.to_string());
    let fields = choices(&[
        ("name", &line.name),
        ("caller_ids", &line.caller_ids.join("\n")),
        ("calls_per_second", &line.calls_per_second.to_string()),
        ("max_concurrent", &at_once),
        ("api_base_url", line.api_base_url.as_deref().unwrap_or_default()),
        (TAG, &tag),
    ]);
    Ok(edit_page(&visit, &line, &Form::of(Fields(fields))))
}

fn edit_page(visit: &Visit, line: &Line, form: &Form) -> HttpResponse {
    let own = format!("{BASE}/lines/{}", line.id);
    let title = format!("Edit {}", line.name);
    let body = html! {
        p.crumbs { a href={ (BASE) "/lines" } { "Lines" } " / " a href=(own) { (line.name) } }
        div.heading { h1 { (title) } }
        form.sheet.wide.line-form method="post" action={ (own) "/edit" } {
            (form.summary())
            div.send {
                dl.pairs {
                    dt { "Kind" } dd { (kind_told(&line.kind)) }
                    dt { (carrier::account_named(&line.kind)) } dd { code { (line.account_sid) } }
                }
                p.hint { "Both stay, because its calls belong to that account. For another account, add another line." }
            }
            (name(form))
            (token(form, false))
            (webhook_keys(form, "Empty: those that are kept stay. Several while they rotate: with blanks between them, which then replace all that are kept."))
            (limits(form))
            (base_url(form, "It can only be changed together with the auth token, which is sent there."))
            input type="hidden" name=(TAG) value=(form.fields.get(TAG));
            div.send { button.primary { "Save" } }
        }
    };
    page(visit, &title, body)
}

pub(super) async fn change(visit: Visit, id: Path<String>, fields: Typed) -> Result<HttpResponse, Failure> {
    let path = format!("/lines/{id}");
    let fields = Fields(fields.into_inner());
    let body = asked(&fields);
    match changed(&visit, &path, fields, &body).await? {
        Ok(_) => Ok(visit.done(
            &path,
            "The line is changed. Calls on the way go on as they began.",
        )),
        Err(form) => {
            let (line, _) = line_and_tag(&visit, &id).await?;
            Ok(shown_again(edit_page(&visit, &line, &form)))
        }
    }
}

/// What the API is asked for. What stays for good is asked where the form has it; secrets, where they are typed; a
/// space, of SignalWire.
fn asked(fields: &Fields) -> Value {
    let kind = fields.given("kind");
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(fields.get("name")));
    body.insert("caller_ids".to_owned(), json!(words(fields.get("caller_ids"))));
    body.insert(
        "calls_per_second".to_owned(),
        number(fields.get("calls_per_second")),
    );
    body.insert(
        "max_concurrent".to_owned(),
        fields.given("max_concurrent").map_or(Value::Null, number),
    );
    body.insert("api_base_url".to_owned(), json!(fields.given("api_base_url")));
    if let Some(kind) = kind {
        body.insert("kind".to_owned(), json!(kind));
        body.insert("account_sid".to_owned(), json!(fields.get("account_sid")));
    }
    if kind == Some("signalwire") {
        body.insert("space".to_owned(), json!(fields.given("space")));
    }
    if let Some(token) = fields.given("auth_token") {
        body.insert("auth_token".to_owned(), json!(token));
    }
    if let Some(keys) = fields.given("webhook_keys") {
        body.insert("webhook_keys".to_owned(), json!(words(keys)));
    }
    Value::Object(body)
}

/// What stands on lines of its own, or between blanks and commas.
fn words(text: &str) -> Vec<&str> {
    text.split([' ', '\t', '\r', '\n', ',', ';'])
        .filter(|word| !word.is_empty())
        .collect()
}

/// A number as the API takes it; what is none goes as it was typed, for the API to say so.
fn number(text: &str) -> Value {
    text.parse::<Number>().map_or_else(|_| json!(text), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_are_left_empty_are_not_sent() {
        let asked = asked(&Fields(choices(&[
            ("name", "Main"),
            ("caller_ids", "+12025550123\r\n+12025550124, +12025550125"),
            ("calls_per_second", "0.5"),
            ("max_concurrent", ""),
            ("auth_token", ""),
            ("webhook_keys", " "),
            ("api_base_url", ""),
        ])));
        assert_eq!(
            asked,
            json!({
                "name": "Main",
                "caller_ids": ["+12025550123", "+12025550124", "+12025550125"],
                "calls_per_second": 0.5,
                "max_concurrent": null,
                "api_base_url": null,
            })
        );
    }

    #[test]
    fn a_space_is_asked_for_of_signalwire_only() {
        let of = |kind| {
            let fields = choices(&[("kind", kind), ("space", "mine"), ("webhook_keys", "PSK1 PSK2")]);
            asked(&Fields(fields))
        };
        assert_eq!(of("twilio").get("space"), None);
        let signalwire = of("signalwire");
        assert_eq!(signalwire["space"], "mine");
        assert_eq!(signalwire["webhook_keys"], json!(["PSK1", "PSK2"]));
    }

    #[test]
    fn what_is_no_number_goes_as_it_was_typed() {
        assert_eq!((number("2"), number("1.5")), (json!(2), json!(1.5)));
        assert_eq!(number("many"), json!("many"));
    }
}
