//! The form for a voice profile. Its script is typed as JSON and shown in words below.

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};
use serde_json::Value;

use super::asked::{asked, script, typed};
use super::script::{self as words, Step};
use super::{Profile, page};
use crate::access::{Area, Role};
use crate::dashboard::BASE;
use crate::dashboard::edited::{self, Outcome, TAG};
use crate::dashboard::failure::{Failure, FieldError};
use crate::dashboard::form::{Fields, Form, Typed, choices};
use crate::dashboard::once;
use crate::dashboard::visit::Visit;

/// A script that shows each kind of step.
const EXAMPLE: &str = r#"[
  {"say": "We would like to confirm your visit on {{ day | default(\"the day we agreed\") }}."},
  {"id": "ask", "gather": {
    "name": "coming",
    "say": "Press 1 to confirm, 2 to leave a message, or 0 for a person.",
    "num_digits": 1,
    "choices": [
      {"keys": "1", "disposition": "confirmed", "say": "Thank you.", "goto": "end"},
      {"keys": "2", "goto": "later"},
      {"keys": "0", "goto": "person"}
    ],
    "otherwise": "end"
  }},
  {"id": "later", "record": {"name": "message", "say": "Speak after the tone."}},
  {"hang_up": true},
  {"id": "person", "connect": {"number": "+12025550100"}}
]"#;

type Sent = Typed;

pub(super) async fn ask(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::VoiceProfiles, true)?;
    let mut fields = Fields::default();
    fields.set("language", "en-US");
    fields.set("machine_detection.on_machine", "hang_up");
    Ok(shown(&visit, None, &Form::of(once::with_token(&visit, fields))))
}

pub(super) async fn edit(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::VoiceProfiles, true)?;
    let (profile, tag): (Value, _) = edited::opened(&visit, &format!("/voice-profiles/{id}")).await?;
    let mut fields = typed(&profile);
    fields.set(TAG, tag);
    Ok(shown(&visit, Some(&id), &Form::of(fields)))
}

pub(super) async fn create(visit: Visit, sent: Sent) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::VoiceProfiles, true)?;
    let fields = Fields(sent.into_inner());
    if fields.given("show").is_some() {
        return Ok(shown(&visit, None, &Form::of(fields)));
    }
    let (body, bad_script) = asked(&fields);
    let outcome = edited::created(&visit, "/voice-profiles", fields, &body).await?;
    match with(bad_script, outcome) {
        Ok(answer) => {
            let profile: Profile = answer.read()?;
            let told = format!("“{}” is created. Here is what a contact hears.", profile.name);
            Ok(visit.done(&profile.path(), told))
        }
        Err(form) => Ok(edited::shown_again(shown(&visit, None, &form))),
    }
}

pub(super) async fn change(visit: Visit, id: Path<String>, sent: Sent) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::VoiceProfiles, true)?;
    let own = format!("/voice-profiles/{id}");
    let fields = Fields(sent.into_inner());
    if fields.given("show").is_some() {
        return Ok(shown(&visit, Some(&id), &Form::of(fields)));
    }
    let (body, bad_script) = asked(&fields);
    let outcome = edited::changed(&visit, &own, fields, &body).await?;
    match with(bad_script, outcome) {
        Ok(_) => Ok(visit.done(
            &own,
            "Saved. Campaigns that are created from now on speak like this.",
        )),
        Err(form) => Ok(edited::shown_again(shown(&visit, Some(&id), &form))),
    }
}

/// What became of a form whose script may be no JSON: where it is not, why says more than that it is a text.
fn with(bad_script: Option<FieldError>, outcome: Outcome) -> Outcome {
    let Some(bad) = bad_script else { return outcome };
    outcome.map_err(|mut form| {
        form.errors.retain(|error| error.field != bad.field);
        form.errors.push(bad);
        form
    })
}

/// The form for a profile, a new one where there is no id yet.
fn shown(visit: &Visit, id: Option<&str>, form: &Form) -> HttpResponse {
    let title = if id.is_some() {
        "Edit the voice profile"
    } else {
        "New voice profile"
    };
    let all = format!("{BASE}/voice-profiles");
    let (action, back) = match id {
        None => (format!("{all}/new"), all.clone()),
        Some(id) => (format!("{all}/{id}/edit"), format!("{all}/{id}")),
    };
    let body = html! {
        p.crumbs { a href=(all) { "Voice profiles" } }
        div.heading { h1 { (title) } }
        @if id.is_some() {
            p.flash.note { "Campaigns keep the profile as it was when they were created; what you change here reaches those that are created later." }
        }
        form.profile method="post" action=(action) {
            // What the Enter key presses is the first button, which must save.
            button.hidden tabindex="-1" aria-hidden="true" { "Save" }
            (form.summary())
            @if let Some(tag) = form.fields.given(TAG) { input type="hidden" name=(TAG) value=(tag); }
            @else { (once::hidden(&form.fields)) }
            div.columns {
                div { (about(form)) (says(form, &action)) }
                div { (sound(form)) (machines(form)) (agent(form)) }
            }
            div.actions {
                button.primary { @if id.is_some() { "Save" } @else { "Create the voice profile" } }
                a.button.quiet href=(back) { "Cancel" }
            }
        }
    };
    page(visit, title, body)
}

fn about(form: &Form) -> Markup {
    html! {
        fieldset.sheet {
            legend { "Profile" }
            (form.input("name", "Name").required().with("maxlength", "200"))
            (form.text("description", "What it is for", 2))
        }
    }
}

fn sound(form: &Form) -> Markup {
    html! {
        fieldset.sheet {
            legend { "How it sounds" }
            (form.input("language", "Language").with("placeholder", "en-US").hint("As in en-US or nl-NL. Empty: the carrier's own."))
            (form.input("voice", "Voice").with("placeholder", "Polly.Joanna").with("autocomplete", "off")
                .hint("The carrier's name of a voice. Empty: the carrier's own."))
            (form.input("speaking_rate", "Speaking rate").number("0.5", Some("2"), "any").hint("1 is the voice's own pace, 0.8 is slower, 1.2 faster."))
            (form.input("max_duration_seconds", "Longest call, in seconds").number("1", Some("14400"), "1"))
            (form.tick("record", "true", "Record calls"))
        }
    }
}

fn machines(form: &Form) -> Markup {
    let modes = choices(&[
        ("off", "no: nobody listens for one"),
        ("detect", "yes, until it is known whether one answered"),
        ("wait_for_end", "yes, to the end of its greeting"),
    ]);
    let acts = choices(&[
        ("hang_up", "hang up"),
        ("leave_message", "leave the message below"),
        ("continue", "go on as with a person"),
    ]);
    html! {
        fieldset.sheet {
            legend { "Answering machines" }
            (form.select("machine_detection.mode", "Listen for one", modes).required()
                .hint("A message can be left only at the end of the machine's greeting."))
            (form.select("machine_detection.on_machine", "When one answers", acts).required())
            (form.input("machine_detection.timeout_seconds", "Listen for at most, in seconds").number("3", Some("59"), "1"))
            (form.text("voicemail", "Message", 3))
        }
    }
}

fn agent(form: &Form) -> Markup {
    html! {
        fieldset.sheet {
            legend { "Agent" }
            p.hint { "What is told to an agent at the other end, where the script connects the call to one." }
            (form.text("agent_prompt", "Prompt", 5))
            (form.input("style", "Speaking style").with("placeholder", "calm and friendly"))
            (form.input("flow_id", "Conversation flow"))
            (form.text("handoff_triggers", "Hand over to a person at", 3).hint("One a line."))
            (form.input("qualification_threshold", "Qualified from score").number("-1000000000000", Some("1000000000000"), "any"))
        }
    }
}

fn says(form: &Form, action: &str) -> Markup {
    let placed = placed(form);
    html! {
        fieldset.sheet {
            legend { "What it says" }
            (variables())
            (form.text("greeting", "Greeting", 3).with("placeholder", "Hello {{ first_name | default(\"there\") }}."))
            (placed.text("script", "Script", 18).with("spellcheck", "false")
                .hint("What follows the greeting: a list of steps, as JSON. Empty: nothing follows."))
            button.quiet name="show" value="1" formnovalidate formaction={ (action) "#script-in-words" } {
                "Show the script in words"
            }
            div id="script-in-words" { (in_words(&form.fields)) }
            (steps())
            (form.text("fallback", "Fallback", 2).hint("Said where nothing else can be. Empty: “Sorry, something went wrong. Goodbye.”"))
        }
    }
}

/// The same form, in which what is wrong with a step says which one that is: counted from 1, as they are shown.
fn placed(form: &Form) -> Form {
    let mut placed = form.clone();
    for error in &mut placed.errors {
        if let Some((step, rest)) = step_of(&error.field) {
            error.message = format!("step {step}{rest}: {}", error.message);
        }
    }
    placed
}

/// The step that a field is of, counted from 1, and what of it: `script[0].gather.say` is step 1's `, gather.say`.
fn step_of(field: &str) -> Option<(usize, String)> {
    let (index, rest) = field.strip_prefix("script[")?.split_once(']')?;
    let step = index.parse::<usize>().ok()? + 1;
    let rest = rest
        .strip_prefix('.')
        .map_or(String::new(), |rest| format!(", {rest}"));
    Some((step, rest))
}

fn in_words(fields: &Fields) -> Markup {
    let typed = script(fields).ok().filter(|_| fields.given("script").is_some());
    let steps: Option<Result<Vec<Step>, _>> = typed.map(serde_json::from_value);
    html! {
        @match steps {
            None => {}
            Some(Ok(steps)) => { div.shown { (words::shown(fields.given("greeting"), &steps)) } }
            Some(Err(_)) => { p.hint { "The script cannot be shown in words before it is right." } }
        }
    }
}

/// What texts may name of a contact.
fn variables() -> Markup {
    html! {
        details.explained {
            summary { "Texts are filled in for each contact" }
            dl.pairs {
                dt { code { "{{ name }}" } } dd { "The contact's name; " code { "first_name" } " is its first word." }
                dt { code { "{{ phone_number }}" } } dd { "Also " code { "email" } ", " code { "timezone" } " and " code { "person_id" } "." }
                dt { code { "{{ doctor }}" } } dd { "A column of the contact list, by its name: custom data." }
                dt { code { "{{ campaign.name }}" } } dd { "The campaign's name." }
                dt { code { "{{ first_name | default(\"there\") }}" } }
                dd { "What is said where a contact has none. Without it, the fallback is said in place of the text, and the call ends." }
                dt { code { "{% if vip %}…{% endif %}" } } dd { "Said only to those who have it." }
            }
            p.hint { "Greeting, message, prompt, and every text of the script are filled in." }
        }
    }
}

/// What steps there are.
fn steps() -> Markup {
    html! {
        details.explained {
            summary { "Steps, and an example" }
            p { "Each step does one thing; " code { "id" } " names it, for others to go to." }
            dl.pairs {
                dt { code { "say" } } dd { "A text to speak." }
                dt { code { "play" } } dd { "The address of a sound file." }
                dt { code { "pause_seconds" } } dd { "Silence, 1 to 60 seconds." }
                dt { code { "gather" } } dd {
                    "A question, with the " code { "choices" } " that lead on: each by " code { "keys" } " or " code { "phrases" }
                    ", to the step named in " code { "goto" } "; " code { "end" } " ends the call."
                }
                dt { code { "record" } } dd { "Records what is said." }
                dt { code { "connect" } } dd { "To a " code { "number" } ", a " code { "sip" } " address, or an agent's " code { "stream" } "." }
                dt { code { "goto" } } dd { "Goes on at another step." }
                dt { code { "hang_up" } } dd { "Ends the call: " code { "true" } "." }
            }
            pre tabindex="0" { (EXAMPLE) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_step_says_which_one_that_is() {
        assert_eq!(
            step_of("script[0].gather.say"),
            Some((1, ", gather.say".to_owned()))
        );
        assert_eq!(step_of("script[11]"), Some((12, String::new())));
        assert_eq!(step_of("script"), None);
        assert_eq!(step_of("greeting"), None);
    }

    #[test]
    fn the_example_is_a_script() {
        let steps: Vec<Step> = serde_json::from_str(EXAMPLE).expect("the example is JSON");
        assert_eq!(steps.len(), 5);
        let profile = serde_json::json!({"name": "Example", "script": serde_json::from_str::<Value>(EXAMPLE).expect("JSON")});
        assert!(crate::spec::judge_voice_profile(&profile).is_ok());
    }
}
