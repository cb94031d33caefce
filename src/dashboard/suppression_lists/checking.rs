//! Is a number on a list that counts?

use actix_web::HttpResponse;
use actix_web::web::Query;
use futures_util::future::join_all;
use maud::{Markup, html};
use serde::Deserialize;

use super::entries::{Entry, expires, source};
use super::{ALL, SuppressionList, heeded};
use crate::dashboard::BASE;
use crate::dashboard::api::List;
use crate::dashboard::edited;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form};
use crate::dashboard::pager::query;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::when;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    phone_number: String,
}

/// What a list says of a number.
#[derive(Debug, Deserialize)]
struct Found {
    suppressed: bool,
    entry: Option<Entry>,
}

/// The form that asks.
pub(super) fn form(form: &Form) -> Markup {
    html! {
        form.inline method="get" action={ (BASE) "/suppression-lists/check" } role="search" {
            (form.input("phone_number", "Number").required().kind("tel").with("placeholder", "+1 202 555 0123")
                .with("autocomplete", "off"))
            button { "Check" }
        }
    }
}

pub(super) async fn check(visit: Visit, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let number = asked.into_inner().phone_number;
    let fields = Fields(vec![("phone_number".to_owned(), number.clone())]);
    if number.trim().is_empty() {
        return Ok(visit.goes_to("/suppression-lists"));
    }
    let lists: List<SuppressionList> = visit.api.get(ALL).await?;
    let asked = query(&[("phone_number", number.trim())]);
    let answers = join_all(lists.items.into_iter().map(async |list| {
        let found: Result<Found, Failure> = visit.api.get(&format!("{}/check{asked}", list.path())).await;
        (list, found)
    }))
    .await;
    let mut found = Vec::new();
    let mut refused = None;
    for (list, answer) in answers {
        match answer {
            Ok(answer) => found.push((list, answer)),
            // A number without a country code may be one in some list's region and none in another's.
            Err(Failure::Refused(refusal)) if !refusal.errors.is_empty() => refused = Some(refusal),
            Err(failure) => return Err(failure),
        }
    }
    let (form_shown, is_bad) = match refused.filter(|_| found.is_empty()) {
        Some(refusal) => (Form::refused(fields, &refusal), true),
        None => (Form::of(fields), false),
    };
    let body = html! {
        p.crumbs { a href={ (BASE) "/suppression-lists" } { "Do not call" } }
        div.heading { h1 { "Is a number on a list?" } }
        section.sheet aria-label="Check a number" { (form_shown.summary()) (form(&form_shown)) }
        @if !is_bad { (answer(&visit, &number, &found)) }
    };
    let page = super::page(&visit, "Check a number", body);
    Ok(if is_bad { edited::shown_again(page) } else { page })
}

/// Which campaigns a number's entries keep from calling it.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// None calls it.
    Nobody,
    /// Those do not that heed the lists that have it.
    Some,
    /// Any may.
    Anybody,
}

impl Verdict {
    fn of<'a>(found: impl Iterator<Item = (&'a SuppressionList, bool)>) -> Self {
        let on: Vec<&SuppressionList> = found.filter(|(_, is_on)| *is_on).map(|(list, _)| list).collect();
        if on.iter().any(|list| list.is_heeded_by_all()) {
            Self::Nobody
        } else if on.is_empty() {
            Self::Anybody
        } else {
            Self::Some
        }
    }
}

fn answer(visit: &Visit, number: &str, found: &[(SuppressionList, Found)]) -> Markup {
    let judged = found.iter().map(|(list, found)| (list, found.suppressed));
    let verdict = Verdict::of(judged);
    let known = found.iter().find_map(|(_, found)| found.entry.as_ref());
    let number = known.map_or(number, |entry| &entry.phone_number);
    html! {
        p.flash .refused[verdict == Verdict::Nobody] .note[verdict == Verdict::Some] .done[verdict == Verdict::Anybody]
            role="status" id="verdict" {
            @match verdict {
                Verdict::Nobody => { "No campaign calls " (number) "." }
                Verdict::Some => { "Campaigns that heed a list below that has " (number) " do not call it; others may." }
                Verdict::Anybody => { (number) " is on no list: campaigns may call it." }
            }
        }
        div.table tabindex="0" role="region" aria-label="What each list says" {
            table {
                thead { tr { th scope="col" { "List" } th scope="col" { "Heeded by" } th scope="col" { "Is it on it?" }
                    th scope="col" { "Reason" } th scope="col" { "Entered by" } th scope="col" { "Since" }
                    th scope="col" { "Expires" } } }
                tbody {
                    @for (list, found) in found {
                        tr {
                            th.name scope="row" { a href={ (BASE) (list.path()) (query(&[("q", number)])) } { (list.name) } }
                            td { (heeded(list)) }
                            td {
                                @if found.suppressed { span.badge.bad { "yes" } }
                                @else if found.entry.is_some() { span.badge { "not any more" } }
                                @else { span.badge { "no" } }
                            }
                            @match &found.entry {
                                Some(entry) => {
                                    td.text { (entry.note) }
                                    td { (source(entry)) }
                                    td { (when(entry.added_at, visit.zone, None)) }
                                    td { (expires(visit, entry)) }
                                }
                                None => { td {} td {} td {} td {} }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn list(id: u128) -> SuppressionList {
        SuppressionList {
            id: Uuid::from_u128(id),
            name: String::new(),
            description: String::new(),
            default_region: "US".to_owned(),
            created_at: None,
        }
    }

    #[test]
    fn only_the_organizations_own_list_keeps_every_campaign_from_calling() {
        let (own, other) = (list(0), list(7));
        let verdict = |own_has, other_has| Verdict::of([(&own, own_has), (&other, other_has)].into_iter());
        assert_eq!(verdict(true, false), Verdict::Nobody);
        assert_eq!(verdict(true, true), Verdict::Nobody);
        assert_eq!(verdict(false, true), Verdict::Some);
        assert_eq!(verdict(false, false), Verdict::Anybody);
    }
}
