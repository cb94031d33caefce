//! What goes on in an answered call: it asks what to say, brings what was heard, and is sent to the message
//! where a machine listens. The web's part is played here, over the real script.

use outdial_domain::call::{AnsweredBy, CallFact, CallStatus, Heard, News};
use outdial_domain::time::Millis;
use outdial_domain::voice::{Answer, Place, Scene, Verb, first_place};

use crate::happening::Happening;
use crate::news::Telling;
use crate::world::World;

/// An answered call asks what to say at a place of the script.
pub struct Asking {
    pub call: String,
    pub round: u32,
    pub at: Place,
    pub answer: Answer,
    /// The same request once more: whatever it brings, the call has gone on already.
    pub is_repeated: bool,
}

/// How a call goes on once it has its answer.
pub struct Next {
    pub call: String,
    round: u32,
    step: Step,
}

enum Step {
    Ask(Millis, Place, Answer),
    End(Millis),
}

impl World {
    pub fn asks(&mut self, asking: &Asking) {
        let (Some(voice), Some(call)) = (self.settings.voice.clone(), self.carrier.calls.get(&asking.call))
        else {
            return;
        };
        let is_awaited = call.round == asking.round && call.is_talking(self.now);
        if !is_awaited && !asking.is_repeated {
            return;
        }
        let attempt = call.attempt;
        let found = call.found_by(self.now);
        let known: Option<AnsweredBy> = self.mirror.attempts[&attempt].answered_by.or(found);
        let place = match asking.at {
            Place::Start => first_place(&voice.profile, known),
            other => Some(other),
        };
        let quote = |text: &str| format!("\"{text}\"");
        let scene = match place {
            Some(place) => voice.profile.scene(place, &asking.answer, known, quote),
            None => Scene {
                verbs: vec![Verb::HangUp],
                heard: Heard::default(),
            },
        };
        let fact = CallFact {
            answered_by: found,
            ..CallFact::new(asking.call.clone(), CallStatus::InProgress)
        };
        let next = (!asking.is_repeated).then(|| Next {
            call: asking.call.clone(),
            round: asking.round,
            step: self.listen(&scene),
        });
        let telling = Telling {
            attempt,
            news: News::Heard {
                fact,
                heard: scene.heard,
            },
            tries_left: self.rng.u32(0..4),
            next,
        };
        if !asking.is_repeated {
            // A request that is lost on the way is asked again, and may come twice.
            let arrivals = self.carrier.arrivals(&mut self.rng, self.now);
            let now = self.now;
            for at in arrivals.into_iter().filter(|at| *at > now) {
                let repeated = Asking {
                    call: asking.call.clone(),
                    answer: asking.answer.clone(),
                    is_repeated: true,
                    ..*asking
                };
                self.after(at - now, Happening::Asks(repeated));
            }
        }
        self.news(telling);
    }

    /// What the other side does when it hears this.
    fn listen(&mut self, scene: &Scene<'_>) -> Step {
        for verb in &scene.verbs {
            let (place, seconds, answer) = match verb {
                Verb::Gather(gather, place) if self.rng.u32(0..4) > 0 => {
                    let choices = gather.choices.iter().filter_map(|choice| choice.keys.clone());
                    let mut keys: Vec<String> = choices.collect();
                    keys.push(self.rng.u32(100..1000).to_string());
                    let pressed = self.rng.usize(0..keys.len());
                    (*place, 6, Answer::Keys(keys.swap_remove(pressed)))
                }
                Verb::Record(_, place) if self.rng.u32(0..4) > 0 => {
                    let url = format!("https://carrier.example/{}", self.rng.u64(..));
                    (*place, 9, Answer::Recording(url))
                }
                Verb::Gather(_, place) | Verb::Record(_, place) | Verb::Goto(place) => {
                    (*place, 12, Answer::Nothing)
                }
                Verb::HangUp => return Step::End(Millis(self.rng.i64(0..2_000))),
                Verb::Say(_) | Verb::Play(_) | Verb::Pause(_) | Verb::Connect(..) => continue,
            };
            return Step::Ask(Millis(self.rng.i64(1..seconds * 1000)), place, answer);
        }
        Step::End(Millis(0))
    }

    /// Whether the call is still there, and still waits for this.
    pub fn waits(&self, next: &Next) -> bool {
        let call = &self.carrier.calls[&next.call];
        call.round == next.round && call.is_talking(self.now)
    }

    pub fn go_on(&mut self, next: Next) {
        if !self.waits(&next) {
            return;
        }
        match next.step {
            Step::End(wait) => self.after(wait, Happening::HangUp(next.call)),
            Step::Ask(wait, at, answer) => self.after(
                wait,
                Happening::Asks(Asking {
                    call: next.call,
                    round: next.round,
                    at,
                    answer,
                    is_repeated: false,
                }),
            ),
        }
    }

    /// The carrier lets a live call go on with the message; whatever it was asking is forgotten.
    pub fn play_message(&mut self, id: &str) {
        let now = self.now;
        let Some(call) = self.carrier.calls.get_mut(id) else {
            return;
        };
        if !call.is_talking(now) {
            return;
        }
        call.round += 1;
        let round = call.round;
        self.asks(&Asking {
            call: id.to_owned(),
            round,
            at: Place::Voicemail,
            answer: Answer::Nothing,
            is_repeated: false,
        });
    }

    /// The carrier ends a call. One that it has only queued ends silently.
    pub fn hang_up(&mut self, id: &str) {
        let now = self.now;
        let Some(call) = self.carrier.calls.get_mut(id) else {
            return;
        };
        let attempt = call.attempt;
        let was_queued = call.at_instant(now).status == CallStatus::Queued;
        let Some(fact) = call.end(now) else { return };
        self.tell(|| format!("{id} was ended: {:?}", fact.status));
        if was_queued {
            return;
        }
        for at in self.carrier.arrivals(&mut self.rng, now) {
            self.call_back(at, attempt, News::Status(fact.clone()));
        }
    }
}
