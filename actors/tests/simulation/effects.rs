//! What the simulated world does for the engine: it runs effects, and passes on the answers.

use outdial_actors::engine::{Denied, Effect};
use outdial_domain::call::CallFact;
use outdial_domain::ids::AttemptId;
use outdial_domain::step::{Action, Input, Reply};
use outdial_domain::time::Millis;
use outdial_storage::store::StoreError;

use crate::carrier::chance;
use crate::invariants::Ledger;
use crate::world::{Asked, Happening, World};

impl World {
    pub fn act_on(&mut self, effects: Result<Vec<Effect<u64>>, StoreError>) {
        let Ok(effects) = effects else {
            self.forget();
            return;
        };
        for effect in effects {
            match effect {
                Effect::Await(commit, ticket) => {
                    self.tickets.push((commit, ticket));
                    let wait = Millis(if chance(&mut self.rng, 0.02) {
                        self.rng.i64(0..4_000)
                    } else {
                        self.rng.i64(0..30)
                    });
                    self.after(wait, Happening::Flush);
                }
                Effect::Act(action) => self.act(action),
                Effect::Tell(event) => self.tell(|| format!("{event:?}")),
                Effect::Reply(id, answer) => self.answered(id, answer),
                Effect::Alarm(Some(at)) => {
                    let wait = Millis((at - self.now).0.max(0) + self.rng.i64(0..3));
                    self.after(wait, Happening::Alarm { life: self.life });
                }
                Effect::Alarm(None) => {}
                Effect::Asleep => {
                    self.tell(|| "asleep".to_owned());
                    self.forget();
                    self.mind_alarms();
                }
            }
        }
    }

    pub fn act(&mut self, action: Action) {
        let life = self.life;
        match action {
            Action::ConfirmIntent(_) => unreachable!("the engine keeps it to itself"),
            Action::AskPermit => {
                let wait = (self.line_free_at - self.now).0.max(0) + self.rng.i64(0..200);
                self.after(Millis(wait), Happening::Permit { life });
            }
            Action::ReturnPermit | Action::LineWorks => {}
            Action::SlowLine { retry_after, .. } => {
                let slow = retry_after.unwrap_or(Millis(self.rng.i64(0..5_000)));
                self.line_free_at = self.now + slow;
            }
            Action::Place(order) => {
                Ledger::requested(self, &order);
                let answer = self.carrier.request(&mut self.rng, self.now, &order);
                self.tell(|| format!("request for {}: {:?}", order.attempt, answer.placement));
                let wait = Millis(self.rng.i64(1..3_000));
                let attempt = order.attempt;
                self.after(
                    wait,
                    Happening::Placement {
                        life,
                        attempt,
                        placement: answer.placement,
                    },
                );
                for (at, fact) in answer.callbacks {
                    let wait = Millis((at - self.now).0.max(0));
                    let tries_left = self.rng.u32(0..6);
                    self.after(
                        wait,
                        Happening::Callback {
                            attempt,
                            fact,
                            tries_left,
                        },
                    );
                }
            }
            Action::Poll { attempt, provider_id } => {
                let answer = self.carrier.fetch(&mut self.rng, self.now, &provider_id);
                let wait = Millis(self.rng.i64(1..2_000));
                self.after(
                    wait,
                    Happening::Polled {
                        life,
                        attempt,
                        answer,
                    },
                );
            }
            Action::LookUp {
                attempt,
                to,
                from,
                since,
            } => {
                let answer = self.carrier.find(&mut self.rng, self.now, to, from, since);
                let wait = Millis(self.rng.i64(1..2_000));
                self.after(
                    wait,
                    Happening::LookedUp {
                        life,
                        attempt,
                        answer,
                    },
                );
            }
            Action::HangUp { .. } => {}
            Action::ReadImport(_) => {
                let wait = Millis(self.rng.i64(0..500));
                self.after(wait, Happening::ReadImport { life });
            }
        }
    }

    pub fn answered(&mut self, id: u64, answer: Result<Reply, Denied>) {
        let Some(asked) = self.asked.remove(&id) else {
            return;
        };
        match (asked, answer) {
            (Asked::Command(command), Ok(reply)) => {
                self.tell(|| format!("{} granted: {reply:?}", command.name()));
                Ledger::acknowledged(self, command, &reply);
            }
            (Asked::Command(command), Err(denied)) => self.tell(|| format!("{}: {denied}", command.name())),
            (Asked::Add(count), Ok(Reply::Added(added))) => {
                assert!(added.imported <= count);
                self.ledger.contacts_acknowledged += added.imported;
            }
            (Asked::Callback { attempt, fact, .. }, Ok(_)) => Ledger::reported(self, attempt, fact),
            (Asked::Add(_) | Asked::Chunk, _) => {}
            (Asked::Callback { attempt, .. }, Err(denied)) => {
                panic!("a call without an attempt, or one that is refused: {attempt} {denied}")
            }
        }
    }

    pub fn callback(&mut self, attempt: AttemptId, fact: CallFact, tries_left: u32) {
        self.tell(|| format!("callback for {attempt}: {:?}", fact.status));
        let input = Input::Report {
            attempt,
            fact: fact.clone(),
        };
        self.ask(
            input,
            Asked::Callback {
                attempt,
                fact,
                tries_left,
            },
        );
    }
}
