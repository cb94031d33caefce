//! How a new campaign comes to be: step by step, each a page with one form. What is typed is kept as a draft with every
//! press of a button, sound or not, so that nothing is lost on an error, going back, or leaving. The last step shows
//! what would come of it, by a campaign that is made through the API as any other, and that is created or started then.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Path, ServiceConfig};
use maud::{Markup, html};
use uuid::Uuid;

use super::failure::{Failure, FieldError};
use super::form::{Fields, Form, Typed};
use super::page::{Page, Part};
use super::visit::{Visit, told};
use super::{BASE, resource};
use crate::access::{Area, Role};
use crate::error::Error;

mod asked;
mod audience;
mod drafts;
mod info;
mod looks;
mod made;
mod offered;
mod review;
mod rules;
mod step;
mod unfinished;

pub(crate) use drafts::remove_lists_of_nobody;
use drafts::{Draft, SEEN};
pub(crate) use looks::Looks;
use step::Step;
// To be shown above the campaigns.
pub(super) use unfinished::{in_the_making, unfinished};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource(
            "/campaigns/new",
            [
                (Method::GET, web::get().to(unfinished::choose)),
                (Method::POST, web::post().to(unfinished::begin)),
            ],
        ))
        .service(resource(
            "/campaigns/new/{draft}/discard",
            [(Method::POST, web::post().to(unfinished::discard))],
        ))
        .service(resource(
            "/campaigns/new/{draft}/audience/errors.csv",
            [(Method::GET, web::get().to(audience::errors))],
        ))
        .service(resource(
            "/campaigns/new/{draft}/audience",
            [
                (Method::GET, web::get().to(show_audience)),
                (Method::POST, web::post().to(audience::save)),
            ],
        ))
        .service(resource(
            "/campaigns/new/{draft}/review",
            [
                (Method::GET, web::get().to(review::show)),
                (Method::POST, web::post().to(review::decide)),
            ],
        ))
        .service(resource(
            "/campaigns/new/{draft}/{step:info|rules}",
            [
                (Method::GET, web::get().to(show)),
                (Method::POST, web::post().to(save)),
            ],
        ));
}

/// Whoever may not run campaigns has no draft of one either.
fn must(visit: &Visit) -> Result<(), Failure> {
    visit.must(Role::Operator, Area::Campaigns, true)
}

/// A step's address, below the base.
fn path(draft: Uuid, step: Step) -> String {
    format!("/campaigns/new/{draft}/{}", step.word())
}

fn id(text: &str) -> Result<Uuid, Failure> {
    text.parse()
        .map_err(|_| Failure::no_such_page(&format!("{BASE}/campaigns/new/{text}")))
}

/// A draft that must be there.
fn draft(visit: &Visit, id: Uuid) -> Result<Draft, Failure> {
    must(visit)?;
    drafts::find(visit, id)?.ok_or_else(|| Error::not_found("unfinished campaign", id).into())
}

async fn show(visit: Visit, at: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (id, step) = read(&at)?;
    let draft = at_step(&visit, id, step)?;
    let form = Form::of(draft.fields.clone());
    shown(&visit, &draft, step, &form, StatusCode::OK).await
}

async fn show_audience(visit: Visit, at: Path<String>) -> Result<HttpResponse, Failure> {
    let draft = draft(&visit, id(&at)?)?;
    let form = Form::of(draft.fields.clone());
    shown(&visit, &draft, Step::Audience, &form, StatusCode::OK).await
}

fn read(at: &(String, String)) -> Result<(Uuid, Step), Failure> {
    let step = Step::named(&at.1).ok_or_else(|| Failure::no_such_page(&at.1))?;
    Ok((id(&at.0)?, step))
}

/// The draft, which begins with the first step.
fn at_step(visit: &Visit, id: Uuid, step: Step) -> Result<Draft, Failure> {
    must(visit)?;
    match (step, drafts::find(visit, id)?) {
        (_, Some(draft)) => Ok(draft),
        (Step::Info, None) => Ok(Draft::new(visit, id)),
        (_, None) => draft(visit, id),
    }
}

async fn save(visit: Visit, at: Path<(String, String)>, typed: Typed) -> Result<HttpResponse, Failure> {
    let (id, step) = read(&at)?;
    let _turn = drafts::turn(&visit, id).await;
    let mut draft = at_step(&visit, id, step)?;
    let typed = Fields(typed.into_inner());
    let is_too_much = drafts::is_too_much(&typed)?;
    let go = Go::of(&typed);
    draft.take(step, typed.clone());
    if is_too_much {
        return moved(&visit, draft, step, Go::Stay).await;
    }
    let errors = draft.overtaken(step, typed.given(SEEN));
    if !errors.is_empty() {
        let form = overtaken(draft.fields.clone(), errors);
        return shown(&visit, &draft, step, &form, StatusCode::CONFLICT).await;
    }
    let go = match step {
        Step::Rules if rules::altered(&mut draft.fields, &typed) => Go::Stay,
        _ => go,
    };
    moved(&visit, draft, step, go).await
}

/// What was typed, with what was kept meanwhile beside it: nothing is lost, and nothing overwritten unseen.
fn overtaken(fields: Fields, errors: Vec<FieldError>) -> Form {
    let told = "This was changed since you opened the page, by somebody else or in another tab. What you typed is still in \
                the form, and none of it is kept yet: press the button again to keep it instead, or open the page anew to \
                see what stands there now.";
    Form {
        fields,
        errors,
        refused: Some(told.to_owned()),
    }
}

/// Where somebody wants to go from a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Go {
    /// On, if what was typed is sound.
    Next,
    /// To another step, however what was typed is.
    To(Step),
    /// Nowhere: only to see it anew.
    Stay,
    /// Away, and to come back later.
    Leave,
}

impl Go {
    fn of(typed: &Fields) -> Self {
        match typed.get("go") {
            "next" => Self::Next,
            "leave" => Self::Leave,
            word => Step::named(word).map_or(Self::Stay, Self::To),
        }
    }

    /// The step that is led to, if all is well.
    fn aim(self, from: Step) -> Step {
        match self {
            Self::Next => from.behind(),
            Self::To(step) => step,
            Self::Stay | Self::Leave => from,
        }
    }
}

/// Keeps what was typed in a step, and goes where that leads.
async fn moved(visit: &Visit, draft: Draft, step: Step, go: Go) -> Result<HttpResponse, Failure> {
    moved_unless(visit, draft, step, go, Vec::new()).await
}

/// The same, where `errors` are wrong besides what is wrong with the fields of the campaign.
async fn moved_unless(
    visit: &Visit,
    mut draft: Draft,
    step: Step,
    go: Go,
    mut errors: Vec<FieldError>,
) -> Result<HttpResponse, Failure> {
    if go == Go::Next {
        errors.extend(asked::errors_of(step, &draft.fields, visit.outdial().now()));
    }
    let aim = if errors.is_empty() { go.aim(step) } else { step };
    draft.reach(aim);
    let kept = draft.keep(visit).await;
    if let Err(Failure::Refused(refusal)) = kept {
        // What was typed stands in the form, though it could not be kept.
        let form = Form {
            refused: Some(told(&refusal)),
            ..Form::of(draft.fields.clone())
        };
        return shown(visit, &draft, step, &form, refusal.status).await;
    }
    kept?;
    if !errors.is_empty() {
        return refused(visit, &draft, step, errors).await;
    }
    match (go, aim) {
        (Go::Leave, _) => {
            let what = format!(
                "“{}” is kept as it was typed. Go on with it when you like.",
                draft.name()
            );
            Ok(visit.done("/campaigns/new", what))
        }
        (_, Step::Review) => review::enter(visit, draft).await,
        (_, aim) => Ok(visit.goes_to(&path(draft.id, aim))),
    }
}

/// A step again, with what is wrong in it.
async fn refused(
    visit: &Visit,
    draft: &Draft,
    step: Step,
    errors: Vec<FieldError>,
) -> Result<HttpResponse, Failure> {
    let form = Form {
        errors,
        ..Form::of(draft.fields.clone())
    };
    shown(visit, draft, step, &form, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// A step's page with its form.
async fn shown(
    visit: &Visit,
    draft: &Draft,
    step: Step,
    form: &Form,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let body = match step {
        Step::Info => info::body(visit, form).await?,
        Step::Audience => audience::body(visit, draft, form).await?,
        Step::Rules => rules::body(visit, form).await?,
        Step::Review => return Err(Failure::broken("the review is no form")),
    };
    let is_upload = step == Step::Audience;
    let title = match step {
        Step::Info => "New campaign".to_owned(),
        step => format!("New campaign: {}", step.title()),
    };
    let body = html! {
        (crumbs())
        div.heading { h1 { (title) } }
        nav.steps aria-label="Steps" {
            ol {
                @for each in Step::ALL {
                    li {
                        button form="step" name="go" value=(each.word()) formnovalidate
                            aria-current=[(each == step).then_some("step")] { (each.title()) }
                    }
                }
            }
        }
        form id="step" method="post" action={ (BASE) (path(draft.id, step)) }
            enctype=[is_upload.then_some("multipart/form-data")] {
            // What Enter presses.
            button.hidden name="go" value="next" tabindex="-1" aria-hidden="true" { "Next" }
            input type="hidden" name=(SEEN) value=(draft.seen(step)) autocomplete="off";
            (form.summary())
            (body)
            div.actions.onward {
                @if let Some(before) = step.before() {
                    button name="go" value=(before.word()) formnovalidate { "Back" }
                }
                button.primary name="go" value="next" { @if step == Step::Rules { "Rehearse and review" } @else { "Next" } }
                button.quiet name="go" value="leave" formnovalidate { "Save and leave" }
            }
        }
    };
    let mut answer = visit.page(&Page {
        title: &title,
        part: Part::Campaigns,
        events: None,
        body,
    });
    *answer.status_mut() = status;
    Ok(answer)
}

fn crumbs() -> Markup {
    html! { p.crumbs { a href={ (BASE) "/campaigns" } { "Campaigns" } " / " a href={ (BASE) "/campaigns/new" } { "New campaign" } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(word: &str) -> Go {
        Go::of(&Fields(vec![("go".to_owned(), word.to_owned())]))
    }

    #[test]
    fn a_button_leads_on_to_a_step_or_away_and_whatever_else_it_says_nowhere() {
        assert_eq!(go("next").aim(Step::Audience), Step::Rules);
        assert_eq!(go("next").aim(Step::Rules), Step::Review);
        assert_eq!(go("info").aim(Step::Rules), Step::Info);
        assert_eq!(
            (go("leave"), go("leave").aim(Step::Rules)),
            (Go::Leave, Step::Rules)
        );
        assert_eq!((go("else"), go("").aim(Step::Info)), (Go::Stay, Step::Info));
    }
}
