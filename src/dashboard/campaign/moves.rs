//! What may be done with a campaign as a whole, as it stands.

use maud::{Markup, html};

use crate::dashboard::BASE;
use crate::dashboard::api::Campaign;
use crate::dashboard::campaigns::moves;
use crate::dashboard::form::Fields;
use crate::dashboard::once;
use crate::dashboard::visit::Visit;

/// A button that leads away from the page, or asks before it does something.
struct Move<'a> {
    command: &'a str,
    label: &'a str,
    /// What is asked once more before it is done.
    ask: Option<&'a str>,
    /// Whether the page stays; then it takes in what is new.
    stays: bool,
    /// Whether live calls are ended.
    hangs_up: bool,
}

impl Move<'_> {
    fn of<'a>(command: &'a str, label: &'a str, ask: Option<&'a str>) -> Move<'a> {
        Move {
            command,
            label,
            ask,
            stays: true,
            hangs_up: false,
        }
    }

    /// `token` is that of the button which makes something.
    fn shown(&self, campaign: &Campaign, token: &Fields) -> Markup {
        let id = format!(
            "{}{}-{}",
            self.command,
            if self.hangs_up { "-hang-up" } else { "" },
            campaign.id
        );
        html! {
            form method="post" action={ (BASE) "/campaigns/" (campaign.id) "/" (self.command) }
                data-inline=[self.stays.then_some("")] {
                @if self.command == "duplicate" { (once::hidden(token)) }
                @if self.hangs_up { input type="hidden" name="hang_up" value="true"; }
                button.danger[self.ask.is_some()] id=(id) data-ask=[self.ask] { (self.label) }
            }
        }
    }
}

/// What is one press away, and the rest behind one more.
pub(super) fn main(visit: &Visit, campaign: &Campaign) -> Markup {
    let token = once::with_token(visit, Fields::default());
    html! {
        div.actions id="moves" {
            (moves(campaign))
            details.more id="more" {
                summary.button { "More" }
                div.actions { @for each in others(campaign) { (each.shown(campaign, &token)) } }
            }
        }
    }
}

/// What else the status allows.
fn others(campaign: &Campaign) -> Vec<Move<'static>> {
    const COMPLETE: &str =
        "End this campaign now? Whoever is still to be called is skipped; calls in flight run out.";
    const CANCEL: &str =
        "Cancel this campaign? Whoever is still to be called is skipped; calls in flight run out.";
    const HANG_UP: &str =
        "Cancel this campaign and hang up on everybody who is on the phone now? That cannot be taken back.";
    const DELETE: &str = "Delete this campaign with its contacts and attempts? That cannot be taken back.";
    let status = campaign.status.as_str();
    let mut all = Vec::new();
    if ["scheduled", "running", "paused"].contains(&status) {
        all.push(Move::of("complete", "Complete", Some(COMPLETE)));
    }
    if ["draft", "scheduled", "running", "paused"].contains(&status) {
        all.push(Move::of("cancel", "Cancel", Some(CANCEL)));
    }
    if ["running", "paused"].contains(&status) && campaign.counters.calling > 0 {
        all.push(Move {
            hangs_up: true,
            ..Move::of("cancel", "Cancel and hang up", Some(HANG_UP))
        });
    }
    if ["completed", "failed", "canceled"].contains(&status) {
        all.push(Move::of("archive", "Archive", None));
    }
    all.push(Move {
        stays: false,
        ..Move::of("duplicate", "Duplicate", None)
    });
    if !["running", "paused"].contains(&status) {
        all.push(Move {
            stays: false,
            ..Move::of("delete", "Delete", Some(DELETE))
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn campaign(status: &str, calling: u64) -> Campaign {
        let text = include_str!("../../http/openapi/examples/campaign.json");
        let mut campaign: Campaign = serde_json::from_str(text).expect("a campaign");
        campaign.status = status.to_owned();
        campaign.counters.calling = calling;
        campaign
    }

    #[test]
    fn only_what_a_status_allows_is_offered() {
        let offered = |status, calling| {
            let campaign = campaign(status, calling);
            let all = others(&campaign);
            let names = all.iter().map(|each| each.label);
            names.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(offered("draft", 0), "Cancel, Duplicate, Delete");
        assert_eq!(offered("running", 0), "Complete, Cancel, Duplicate");
        assert_eq!(
            offered("paused", 2),
            "Complete, Cancel, Cancel and hang up, Duplicate"
        );
        assert_eq!(offered("completed", 0), "Archive, Duplicate, Delete");
        assert_eq!(offered("archived", 0), "Duplicate, Delete");
    }

    #[test]
    fn whatever_cannot_be_taken_back_asks_first() {
        for status in ["draft", "scheduled", "running", "paused", "completed"] {
            let campaign = campaign(status, 1);
            for each in others(&campaign) {
                let harmless = ["archive", "duplicate"].contains(&each.command);
                assert_eq!(each.ask.is_none(), harmless, "{}", each.label);
            }
        }
    }
}
