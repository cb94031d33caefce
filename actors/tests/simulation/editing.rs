//! People who change the configuration while the campaign runs.

use outdial_actors::engine::Denied;
use outdial_domain::settings::{Schedule, Settings};
use outdial_domain::step::{Edit, Input, Rejection, Reply};
use outdial_domain::time::Millis;

use crate::chance;
use crate::happening::Asked;
use crate::world::World;

impl World {
    /// Somebody changes a few things of what is durable; what others change meanwhile is undone, or refused.
    pub fn edit(&mut self) {
        let now = self.clock();
        let other = chance::settings(&mut self.rng, now, self.is_far);
        let mut settings = self.settings.clone();
        for _ in 0..self.rng.usize(1..4) {
            match self.rng.u32(0..8) {
                0 => settings.name.push('!'),
                1 => settings.pacing = other.pacing,
                2 => settings.windows = other.windows.clone(),
                3 => settings.retry = other.retry.clone(),
                4 => settings.contact_caps.clone_from(&other.contact_caps),
                5 => settings.circuit_breaker = other.circuit_breaker,
                6 => settings.unknown.then = other.unknown.then,
                _ => self.reschedule(&mut settings),
            }
        }
        let latest = self.mirror.versions.last_key_value();
        let version = latest.map(|(version, _)| *version);
        let if_version = version.filter(|_| self.rng.bool());
        self.tell(|| format!("somebody edits version {version:?}, if {if_version:?}: {settings:?}"));
        let edit = Edit {
            settings: settings.clone(),
            if_version,
            by: "somebody".to_owned(),
            calendars: None,
        };
        self.ask(Input::Edit(Box::new(edit)), Asked::Edit(Box::new(settings)));
    }

    fn reschedule(&mut self, settings: &mut Settings) {
        let now = self.clock();
        if let Schedule::Scheduled { start_at, end_at } = &mut settings.schedule {
            if now < *start_at {
                *start_at = now + Millis::seconds(self.rng.i64(-60..7200));
            }
            let from = now.max(*start_at);
            *end_at = self
                .rng
                .bool()
                .then(|| from + Millis::seconds(self.rng.i64(1..14_400)));
        }
    }

    /// A change was granted or refused, durably.
    pub fn edited(&mut self, settings: &Settings, answer: &Result<Reply, Denied>) {
        match answer {
            Ok(_) => assert!(
                self.mirror.versions.values().any(|version| version == settings),
                "I10: an acknowledged change is durable"
            ),
            Err(Denied::Rejected(
                Rejection::TooLateToEdit { .. } | Rejection::OtherVersion { .. } | Rejection::Fixed(_),
            )) => self.tell(|| format!("edit: {answer:?}")),
            Err(denied) => assert!(self.mirror.is_deleted, "{denied}"),
        }
    }

    /// What is durable holds.
    pub fn follow_versions(&mut self) {
        if let Some((_, settings)) = self.mirror.versions.last_key_value() {
            self.settings.clone_from(settings);
        }
    }
}
