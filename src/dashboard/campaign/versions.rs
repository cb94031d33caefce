//! The versions of a configuration, and what changed from one to the next.

use maud::{Markup, html};
use serde::Deserialize;

use super::Whole;
use super::settings::{Names, Settings, Told};
use crate::dashboard::api::List;
use crate::dashboard::failure::Failure;
use crate::dashboard::pager::{pager, query};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};

/// Versions on a page.
const SHOWN: usize = 20;

/// A configuration of a campaign, from when it held, and by whom.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Version {
    pub(super) config_version: u32,
    since: Instant,
    by: String,
    pub(super) configuration: Settings,
}

/// What became of a part of a configuration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) what: &'static str,
    pub(super) before: String,
    pub(super) after: String,
}

/// A page of the versions, newest first, with the one before the last of them.
pub(super) async fn read(
    visit: &Visit,
    whole: &Whole,
    cursor: Option<&str>,
) -> Result<Vec<Version>, Failure> {
    let limit = (SHOWN + 1).to_string();
    let all = query(&[("limit", &limit), ("cursor", cursor.unwrap_or_default())]);
    let path = format!("/campaigns/{}/config-versions{all}", whole.campaign.id);
    let list: List<Version> = visit.api.get(&path).await?;
    Ok(list.items)
}

/// One version; `None` where there is none of that number.
pub(super) async fn one(visit: &Visit, whole: &Whole, version: u32) -> Result<Option<Version>, Failure> {
    let all = query(&[("limit", "1"), ("cursor", &(version + 1).to_string())]);
    let path = format!("/campaigns/{}/config-versions{all}", whole.campaign.id);
    let list: List<Version> = visit.api.get(&path).await?;
    let first = list.items.into_iter().next();
    Ok(first.filter(|found| found.config_version == version))
}

/// What is otherwise in `after`.
pub(super) fn changes(before: &Settings, after: &Settings, names: &Names) -> Vec<Change> {
    let pairs = before.told(names).into_iter().zip(after.told(names));
    pairs
        .filter(|(before, after)| before != after)
        .map(|(before, after): (Told, Told)| Change {
            what: after.what,
            before: before.words,
            after: after.words,
        })
        .collect()
}

pub(super) fn shown(
    visit: &Visit,
    whole: &Whole,
    names: &Names,
    versions: &[Version],
    cursor: Option<&str>,
) -> Markup {
    let zone = Some(whole.campaign.timezone);
    let next = versions.get(SHOWN - 1).filter(|_| versions.len() > SHOWN);
    let next = next.map(|version| version.config_version.to_string());
    html! {
        ol.versions {
            @for (place, version) in versions.iter().take(SHOWN).enumerate() {
                li.sheet id={ "version-" (version.config_version) } {
                    h3 { "Version " (version.config_version) }
                    p.about { (when(version.since, visit.zone, zone)) " by " (version.by) }
                    @match versions.get(place + 1) {
                        None => p { "As the campaign was created." },
                        Some(before) => (changed(&changes(&before.configuration, &version.configuration, names))),
                    }
                }
            }
        }
        (pager(&whole.address("/configuration"), &[], cursor, next.as_deref()))
    }
}

/// What changed, as a list.
pub(super) fn changed(changes: &[Change]) -> Markup {
    html! {
        @if changes.is_empty() { p { "Something changed that is not told in words here; the API shows it." } }
        ul.changes {
            @for change in changes {
                li { strong { (change.what) } ": " del { (change.before) } " → " ins { (change.after) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_in_the_words_of_before_and_after() {
        let text = include_str!("../../http/openapi/examples/campaign.json");
        let before: Settings = serde_json::from_str(text).expect("a campaign");
        let mut after = before.clone();
        after.pacing.per_minute = 30;
        after.name = "August reminders".to_owned();
        let names = Names::default();
        let all = changes(&before, &after, &names);
        let told: Vec<(&str, &str)> = all
            .iter()
            .map(|change| (change.what, change.after.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("Name", "August reminders"),
                (
                    "Pace",
                    "30 calls a minute, at most 10 at once; a phone rings for at most 1 min"
                )
            ]
        );
        assert_eq!(changes(&after, &after, &names), []);
    }
}
