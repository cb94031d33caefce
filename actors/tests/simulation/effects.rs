//! What the simulated world does for the engine: it runs effects, and passes on the answers.

use outdial_actors::engine::{Denied, Effect};
use outdial_domain::ids::AttemptId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::{Action, Input, PlaceOrder, Reply};
use outdial_domain::time::Millis;
use outdial_domain::voice::{Answer, Place};
use outdial_storage::store::StoreError;

use crate::carrier::chance;
use crate::conversation::Asking;
use crate::happening::{Asked, Happening};
use crate::invariants::Ledger;
use crate::world::World;

impl World {
    pub fn act_on(&mut self, effects: Result<Vec<Effect<u64>>, StoreError>) {
        self.engine_ran = true;
        let Ok(effects) = effects else {
            self.forget();
            return;
        };
        for effect in effects {
            match effect {
                Effect::Await(commit, ticket) => self.await_ticket(commit, ticket),
                Effect::Act(action) => self.act(action),
                Effect::Tell(event) => self.tell(|| format!("{event:?}")),
                Effect::Reply(id, answer) => self.answered(id, answer),
                Effect::Alarm(at) => self.set_alarm(at),
                Effect::Deleted => {
                    self.tell(|| "deleted".to_owned());
                    self.is_deleted = true;
                }
                Effect::Asleep => {
                    self.tell(|| "asleep".to_owned());
                    self.forget();
                    self.mind_alarms();
                }
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::ConfirmIntent(_) => unreachable!("the engine keeps it to itself"),
            Action::AskPermit => {
                let wait = (self.line_free_at - self.now).0.max(0) + self.rng.i64(0..200);
                let from = PhoneNumber::from_digits(12_025_559_999).unwrap();
                self.answer(Millis(wait), Input::Permit { from });
                self.maybe_stop_whoever_is_next();
            }
            Action::ReturnPermit | Action::LineWorks => {}
            Action::SlowLine { retry_after, .. } => {
                let slow = retry_after.unwrap_or(Millis(self.rng.i64(0..5_000)));
                self.line_free_at = self.now + slow;
            }
            Action::Place(order) => self.place(&order),
            Action::Poll { attempt, provider_id } => {
                Ledger::asked(self, attempt);
                let answer = self.carrier.fetch(&mut self.rng, self.now, &provider_id);
                let wait = Millis(self.rng.i64(1..2_000));
                self.answer(wait, Input::Polled { attempt, answer });
            }
            Action::LookUp {
                attempt,
                to,
                from,
                since,
            } => {
                Ledger::asked(self, attempt);
                let answer = self.carrier.find(&mut self.rng, self.now, to, from, since);
                let wait = Millis(self.rng.i64(1..2_000));
                self.answer(wait, Input::LookedUp { attempt, answer });
            }
            Action::HangUp { provider_id } => {
                Ledger::hangs_up(self, &provider_id);
                // It is tried three times, two seconds apart.
                let fails = self.carrier.faults.cannot_be_asked;
                let failures = (0..3).take_while(|_| chance(&mut self.rng, fails)).count() as i64;
                let wait = Millis(failures * 2_000 + self.rng.i64(1..2_000));
                if failures < 3 {
                    self.after(wait, Happening::HangUp(provider_id));
                }
            }
            Action::LeaveMessage { attempt, provider_id } => {
                Ledger::leaves_message(self, attempt, &provider_id);
                let fails = self.carrier.faults.cannot_be_asked;
                if !chance(&mut self.rng, fails) {
                    let wait = Millis(self.rng.i64(1..2_000));
                    self.after(wait, Happening::LeaveMessage(provider_id));
                }
            }
            Action::ReadImport(_) => {
                let (wait, life) = (Millis(self.rng.i64(0..500)), self.life);
                self.after(wait, Happening::ReadImport { life });
            }
        }
    }

    /// What this life has asked for comes after a while.
    fn answer(&mut self, wait: Millis, input: Input) {
        let life = self.life;
        self.after(wait, Happening::Answer { life, input });
    }

    fn place(&mut self, order: &PlaceOrder) {
        Ledger::requested(self, order);
        let attempt = order.attempt;
        let answer = self.carrier.request(&mut self.rng, self.now, order);
        self.tell(|| format!("request for {attempt}: {:?}", answer.placement));
        let placement = answer.placement;
        self.answer(answer.wait, Input::Placement { attempt, placement });
        for (at, news) in answer.callbacks {
            self.call_back(at, attempt, news);
        }
        if let Some((call, at)) = answer.answered {
            let asking = Asking {
                call,
                round: 0,
                at: Place::Start,
                answer: Answer::Nothing,
                is_repeated: false,
            };
            self.after(at - self.now, Happening::Asks(asking));
        }
        self.maybe_tell_its_result(attempt);
    }

    fn maybe_tell_its_result(&mut self, attempt: AttemptId) {
        if chance(&mut self.rng, self.results) {
            let within = 7_200_000_i64 >> self.rng.u32(0..12);
            let wait = Millis(self.rng.i64(0..within));
            self.after(wait, Happening::Tells(Some(attempt)));
        }
    }

    fn answered(&mut self, id: u64, answer: Result<Reply, Denied>) {
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
            (Asked::News(telling, entry), answer) => self.noted(*telling, entry, &answer),
            (Asked::Calendars(count), Ok(_)) => self.ledger.calendars.looked_at(count),
            (Asked::Calendars(_), Err(denied)) => panic!("it does not look at its calendar: {denied}"),
            (Asked::Edit(settings), answer) => self.edited(&settings, &answer),
            (Asked::Delete, Ok(_)) => assert!(self.mirror.is_deleted, "I10: it is gone"),
            (Asked::Delete, Err(denied)) => self.tell(|| format!("delete: {denied}")),
            (Asked::Add(_) | Asked::Chunk | Asked::Contact, _) => {}
        }
    }
}
