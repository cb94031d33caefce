//! One event of every kind.

use outdial_domain::attempt::{AttemptState, Outcome};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::{AttemptId, CampaignId, ContactId, ImportId, LaneId};
use outdial_domain::import::ImportState;
use outdial_domain::lifecycle::Status;
use outdial_domain::step::Event;
use outdial_domain::time::Timestamp;
use outdial_storage::records::LoggedEvent;
use uuid::Uuid;

const AT: i64 = 1_782_910_800_123;

/// Each with its name.
pub fn every_kind() -> Vec<(&'static str, LoggedEvent)> {
    let contact = ContactId {
        lane: LaneId(300),
        block: 70_000,
        place: 255,
    };
    let attempt = AttemptId(id(4));
    let kinds = [
        ("created", Event::Created),
        ("edited", Event::Edited { config_version: 7 }),
        ("deleted", Event::Deleted),
        (
            "import",
            Event::Import {
                import: ImportId(id(5)),
                state: ImportState::Completed,
            },
        ),
        (
            "import-failed",
            Event::Import {
                import: ImportId(id(5)),
                state: ImportState::Failed("row 7 has no end".to_owned()),
            },
        ),
        (
            "campaign",
            Event::Campaign {
                status: Status::Paused,
                reason: Some("the carrier refuses the account".to_owned()),
            },
        ),
        (
            "start-skipped",
            Event::StartSkipped {
                due: Timestamp::from_millis(AT - 60_000),
                count: 3,
                reason: "the run before it goes on".to_owned(),
            },
        ),
        (
            "attempt",
            Event::Attempt {
                attempt,
                contact,
                state: AttemptState::Ended(Outcome::NoAnswer),
            },
        ),
        (
            "foreign-call",
            Event::ForeignCall {
                attempt,
                known: Some("CA0123".to_owned()),
            },
        ),
        (
            "contact",
            Event::Contact {
                contact,
                status: ContactStatus::Skipped,
            },
        ),
    ];
    let logged = |event| LoggedEvent {
        at: Timestamp::from_millis(AT),
        campaign: CampaignId(id(3)),
        event,
    };
    kinds.map(|(name, event)| (name, logged(event))).into()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0198_f3a0_1234_7abc_8def_0000_0000_0000 + n)
}
