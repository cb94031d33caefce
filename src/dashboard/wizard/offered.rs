//! What there is to choose from, as far as whoever is signed in may look at it.

use outdial_domain::ids::SuppressionListId;
use serde::Deserialize;
use uuid::Uuid;

use crate::dashboard::api::{List, Named};
use crate::dashboard::failure::{Failure, sentence};
use crate::dashboard::visit::Visit;

/// As many of each are offered.
const MOST: &str = "?limit=500";

#[derive(Deserialize)]
struct Line {
    id: Uuid,
    name: String,
    kind: String,
    health: Health,
}

#[derive(Deserialize)]
struct Health {
    held_reason: Option<String>,
}

/// A calling law.
#[derive(Deserialize)]
pub(super) struct Law {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) source: String,
}

/// The calling laws, and what to think of them.
#[derive(Deserialize)]
pub(super) struct Laws {
    pub(super) items: Vec<Law>,
    pub(super) note: String,
}

/// Lines by their ids, each with how it does; `None` where they are not to be seen.
pub(super) async fn lines(visit: &Visit) -> Result<Option<Vec<(String, String)>>, Failure> {
    let lines: Option<List<Line>> = visit.api.get_if_there(&format!("/lines{MOST}")).await?;
    let told = |line: Line| {
        let health = match &line.health.held_reason {
            None => "ready".to_owned(),
            Some(reason) => format!("held back: {}", sentence(reason)),
        };
        (
            line.id.to_string(),
            format!("{} ({}), {health}", line.name, line.kind),
        )
    };
    Ok(lines.map(|lines| lines.items.into_iter().map(told).collect()))
}

/// What there is at a path, by ids; `None` where it is not to be seen.
pub(super) async fn named(visit: &Visit, path: &str) -> Result<Option<Vec<(String, String)>>, Failure> {
    let found: Option<List<Named>> = visit.api.get_if_there(&format!("{path}{MOST}")).await?;
    let told = |named: Named| (named.id.to_string(), named.name);
    Ok(found.map(|found| found.items.into_iter().map(told).collect()))
}

/// The do-not-call lists that a campaign can name: the organization's own it heeds anyhow.
pub(super) async fn do_not_call(visit: &Visit) -> Result<Option<Vec<(String, String)>>, Failure> {
    let own = SuppressionListId::ORGANIZATION.to_string();
    let mut lists = named(visit, "/suppression-lists").await?;
    if let Some(lists) = &mut lists {
        lists.retain(|(id, _)| *id != own);
    }
    Ok(lists)
}

pub(super) async fn laws(visit: &Visit) -> Result<Laws, Failure> {
    visit.api.get(&format!("/law-presets{MOST}")).await
}

/// What can be chosen, with what was chosen before and is not there any more: it is shown, and not lost in silence.
pub(super) fn with_chosen<'a>(
    mut offered: Vec<(String, String)>,
    chosen: impl Iterator<Item = &'a str>,
) -> Vec<(String, String)> {
    for each in chosen {
        if !offered.iter().any(|(value, _)| value == each) {
            offered.push((each.to_owned(), format!("not there any more ({each})")));
        }
    }
    offered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_and_is_gone_is_offered_as_such() {
        let offered = vec![("a".to_owned(), "A".to_owned())];
        let all = with_chosen(offered, ["a", "b"].into_iter());
        assert_eq!(all.len(), 2);
        assert_eq!(all[1], ("b".to_owned(), "not there any more (b)".to_owned()));
    }
}
