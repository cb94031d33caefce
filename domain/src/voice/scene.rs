//! How a script goes on.

use super::{Act, Answer, Choice, END, Gather, OnMachine, Place, Scene, Verb, VoiceProfile};
use crate::call::{AnsweredBy, Heard};

/// How long the line is silent, in seconds, before it is looked at again whether the carrier has found out what
/// answered.
const LOOK_AGAIN: u16 = 2;

impl VoiceProfile {
    /// What is said and done at a place, given the answer that led there, and what is known of who answered.
    /// `quote` makes JSON text of an answer.
    pub fn scene(
        &self,
        at: Place,
        answer: &Answer,
        answered_by: Option<AnsweredBy>,
        quote: impl Fn(&str) -> String,
    ) -> Scene<'_> {
        let mut scene = Scene::default();
        match at {
            Place::Over { waited } if self.waits_for_verdict(waited, answered_by) => {
                let waited = waited + LOOK_AGAIN;
                scene.verbs.push(Verb::Pause(u32::from(LOOK_AGAIN)));
                scene.verbs.push(Verb::Goto(Place::Over { waited }));
            }
            Place::Over { .. } => scene.verbs.push(Verb::HangUp),
            Place::Start => {
                scene.verbs.extend(self.greeting.as_deref().map(Verb::Say));
                self.play_from(0, &mut scene);
            }
            Place::After { step, tries } => self.after(step, tries, answer, &quote, &mut scene),
            Place::Voicemail => {
                scene.verbs.extend(self.voicemail.as_deref().map(Verb::Say));
                scene.verbs.push(Verb::Goto(Place::MessageLeft));
            }
            Place::MessageLeft => {
                scene.heard.message_left = true;
                scene.verbs.push(Verb::HangUp);
            }
        }
        scene
    }

    /// Whether a call whose script is over goes on: a carrier that listens for machines stops when the call
    /// ends, and a message can be left only while it lasts.
    fn waits_for_verdict(&self, waited: u16, answered_by: Option<AnsweredBy>) -> bool {
        let is_open = match answered_by {
            None => true,
            Some(by) => by.is_machine() && self.on_machine == OnMachine::LeaveMessage,
        };
        let longest = self.detection.map_or(0, |detection| detection.timeout_seconds);
        is_open && u32::from(waited) < longest
    }

    /// How a script ends: at once, unless the carrier listens for what answered.
    fn end(&self) -> Verb<'static> {
        match self.detection {
            None => Verb::HangUp,
            Some(_) => Verb::Goto(Place::Over { waited: 0 }),
        }
    }

    fn after<'p>(
        &'p self,
        step: u16,
        tries: u16,
        answer: &Answer,
        quote: &impl Fn(&str) -> String,
        scene: &mut Scene<'p>,
    ) {
        let next = usize::from(step) + 1;
        match self.script.get(usize::from(step)).map(|step| &step.act) {
            Some(Act::Gather(gather)) => match gather.judge(answer) {
                Some((text, choice)) => {
                    scene.heard = Heard {
                        answers: vec![(gather.name.clone(), quote(text))],
                        disposition: choice.and_then(|choice| choice.disposition.clone()),
                        ..Heard::default()
                    };
                    let said = choice.and_then(|choice| choice.say.as_deref());
                    scene.verbs.extend(said.map(Verb::Say));
                    match choice.and_then(|choice| choice.goto.as_deref()) {
                        Some(label) => self.play_from(self.index_of(label), scene),
                        None => self.play_from(next, scene),
                    }
                }
                None if u32::from(tries) + 1 < gather.tries => {
                    scene.verbs.extend(gather.again.as_deref().map(Verb::Say));
                    let tries = tries + 1;
                    scene
                        .verbs
                        .push(Verb::Gather(gather, Place::After { step, tries }));
                    scene.verbs.push(Verb::Goto(Place::After { step, tries }));
                }
                None => match gather.otherwise.as_deref() {
                    Some(label) => self.play_from(self.index_of(label), scene),
                    None => scene.verbs.extend([Verb::Say(&self.fallback), self.end()]),
                },
            },
            Some(Act::Record(record)) => {
                if let Answer::Recording(url) = answer {
                    scene.heard.answers = vec![(record.name.clone(), quote(url))];
                    scene.heard.recording_url = Some(url.clone());
                }
                self.play_from(next, scene);
            }
            Some(Act::Connect(_)) => {
                if let Answer::Connection(how) = answer
                    && !matches!(how.as_str(), "completed" | "answered")
                {
                    scene.heard.problem = Some(format!("the connection to the agent failed: {how}"));
                }
                self.play_from(next, scene);
            }
            Some(_) => self.play_from(next, scene),
            // Not a place of this script: somebody changed the URL.
            None => scene.verbs.push(Verb::HangUp),
        }
    }

    /// Steps that need nobody follow each other. One that comes a second time would come for ever.
    fn play_from<'p>(&'p self, first: usize, scene: &mut Scene<'p>) {
        let mut at = first;
        let mut seen = vec![false; self.script.len()];
        while let Some(step) = self.script.get(at) {
            if std::mem::replace(&mut seen[at], true) {
                break;
            }
            let after = Place::After {
                step: at as u16,
                tries: 0,
            };
            match &step.act {
                Act::Say(text) => scene.verbs.push(Verb::Say(text)),
                Act::Play(url) => scene.verbs.push(Verb::Play(url)),
                Act::Pause(seconds) => scene.verbs.push(Verb::Pause(*seconds)),
                Act::Gather(gather) => {
                    // Silence falls through the question to what stands behind it.
                    scene
                        .verbs
                        .extend([Verb::Gather(gather, after), Verb::Goto(after)]);
                    return;
                }
                Act::Record(record) => {
                    scene.verbs.extend(record.say.as_deref().map(Verb::Say));
                    scene
                        .verbs
                        .extend([Verb::Record(record, after), Verb::Goto(after)]);
                    return;
                }
                Act::Connect(connect) => {
                    scene
                        .verbs
                        .extend([Verb::Connect(connect, after), Verb::Goto(after)]);
                    return;
                }
                Act::Goto(label) => {
                    at = self.index_of(label);
                    continue;
                }
                Act::HangUp => break,
            }
            at += 1;
        }
        scene.verbs.push(self.end());
    }

    /// The step of this label; behind the last one for [`END`].
    fn index_of(&self, label: &str) -> usize {
        let found = self
            .script
            .iter()
            .position(|step| label != END && step.label.as_deref() == Some(label));
        found.unwrap_or(self.script.len())
    }
}

impl Gather {
    /// The answer and what it means; `None` where it is not valid.
    fn judge<'a>(&self, answer: &'a Answer) -> Option<(&'a str, Option<&Choice>)> {
        let (text, choice) = match answer {
            Answer::Keys(keys) => {
                let is_meant = |choice: &&Choice| choice.keys.as_deref() == Some(keys);
                (keys, self.choices.iter().find(is_meant))
            }
            Answer::Speech(words) => {
                let spoken = plain(words);
                let is_meant = |choice: &&Choice| {
                    let mut phrases = choice.phrases.iter().map(|phrase| plain(phrase));
                    phrases.any(|phrase| spoken.contains(&phrase))
                };
                (words, self.choices.iter().find(is_meant))
            }
            Answer::Nothing | Answer::Recording(_) | Answer::Connection(_) => return None,
        };
        (choice.is_some() || self.choices.is_empty()).then_some((text, choice))
    }
}

/// Words in small letters between single blanks, so that a phrase is found as whole words only.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests;
