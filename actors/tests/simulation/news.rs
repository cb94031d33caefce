//! News on its way to the campaign: it is told again until it is acknowledged, by those who have the patience.

use outdial_domain::call::{CallResult, Heard, News};
use outdial_domain::ids::AttemptId;
use outdial_domain::step::{Input, Rejection, Reply};
use outdial_domain::time::{Millis, Timestamp};

use outdial_actors::engine::Denied;

use crate::carrier::chance;
use crate::conversation::Next;
use crate::happening::{Asked, Happening};
use crate::invariants::Ledger;
use crate::world::World;

/// News of an attempt.
pub struct Telling {
    pub attempt: AttemptId,
    pub news: News,
    pub tries_left: u32,
    /// How the call goes on that waits for an answer.
    pub next: Option<Next>,
}

impl World {
    /// The carrier calls back at an instant.
    pub fn call_back(&mut self, at: Timestamp, attempt: AttemptId, news: News) {
        let wait = Millis((at - self.now).0.max(0));
        let tries_left = self.rng.u32(0..6);
        self.after(
            wait,
            Happening::News(Telling {
                attempt,
                news,
                tries_left,
                next: None,
            }),
        );
    }

    pub fn news(&mut self, telling: Telling) {
        if !self.is_still_so(&telling) {
            return;
        }
        self.tell(|| format!("told of {}: {:?}", telling.attempt, telling.news));
        let entry = Ledger::begin(self, telling.attempt, &telling.news);
        let input = Input::Report {
            attempt: telling.attempt,
            news: telling.news.clone(),
        };
        self.ask(input, Asked::News(Box::new(telling), entry));
    }

    /// What was to happen to a call has not, when somebody has ended it before.
    fn is_still_so(&self, telling: &Telling) -> bool {
        match &telling.news {
            News::Status(fact) => self.carrier.calls[&fact.provider_id].has_come_true(fact),
            News::Detected {
                provider_id,
                answered_by,
            } => {
                let call = &self.carrier.calls[provider_id];
                call.found().is_some_and(|(_, found)| found == *answered_by)
            }
            News::Heard { .. } => telling.next.as_ref().is_none_or(|next| self.waits(next)),
            News::Result(_) => true,
        }
    }

    /// Somebody has an answer, and need not tell it again.
    pub fn noted(&mut self, telling: Telling, entry: usize, answer: &Result<Reply, Denied>) {
        let attempt = telling.attempt;
        match answer {
            Ok(Reply::Noted) => Ledger::noted(self, attempt, entry),
            Err(Denied::Rejected(Rejection::NeverRang { .. })) => {
                self.tell(|| format!("{attempt} never rang, and yields nothing"));
                Ledger::refused(self, attempt, entry);
            }
            other => panic!("news of {attempt} that is neither noted nor refused: {other:?}"),
        }
        if let Some(next) = telling.next {
            self.go_on(next);
        }
    }

    /// Whoever waited for a reply gets none: some try again, people with commands give up.
    pub fn unanswered(&mut self, asked: Asked) {
        let mut telling = match asked {
            Asked::News(telling, _) => telling,
            Asked::Calendars(_) => return self.tell_of_calendar_later(),
            Asked::Command(_)
            | Asked::Add(_)
            | Asked::Chunk
            | Asked::Contact
            | Asked::Edit(_)
            | Asked::Delete => return,
        };
        let has_nothing = matches!(&telling.news, News::Heard { heard, .. } if *heard == Heard::default());
        if let Some(next) = telling.next.take_if(|_| has_nothing) {
            // Nothing was heard that could be lost: the call goes on unnoted.
            self.go_on(next);
        } else if telling.tries_left > 0 {
            telling.tries_left -= 1;
            let wait = Millis(self.rng.i64(100..20_000));
            self.after(wait, Happening::News(*telling));
        } else if let Some(next) = telling.next {
            // The carrier says that something is wrong with the application.
            self.after(Millis(3_000), Happening::HangUp(next.call));
        }
    }

    /// A person tells what an attempt has yielded, whether it ever rang or not.
    pub fn somebody_tells(&mut self, attempt: Option<AttemptId>) {
        let known = self.mirror.attempts.len();
        if known == 0 {
            return;
        }
        let any = self.rng.usize(0..known);
        let attempt = attempt.or_else(|| self.mirror.attempts.keys().nth(any).copied());
        let rng = &mut self.rng;
        let mut some = |most: i64| chance(rng, 0.6).then(|| rng.i64(-most..=most));
        let result = CallResult {
            sentiment: some(1000),
            satisfaction: some(1000),
            disposition: some(1_000_000).map(|word| format!("told {word}")),
            summary: some(1_000_000).map(|word| format!("In {word} words.")),
            answers: some(1_000_000)
                .into_iter()
                .map(|answer| ("mood".to_owned(), format!("\"{answer}\"")))
                .collect(),
            ..CallResult::default()
        };
        let tries_left = self.rng.u32(0..4);
        if let Some(attempt) = attempt {
            self.news(Telling {
                attempt,
                news: News::Result(Box::new(result.clone())),
                tries_left,
                next: None,
            });
        }
    }
}
