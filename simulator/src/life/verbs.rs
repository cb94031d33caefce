//! Carries out a document, verb by verb.
//!
//! Reported seconds: 15 characters of text take one, a recording is played for 5, a question is answered within one
//! (after all of its prompts) or not within its timeout, a message takes 5, and whoever the call is put through to
//! stays until the planned end of the call.

use super::Living;
use super::callee::Taken;
use super::documents::{Page, Source};
use super::talk::Stop;
use crate::books::Heard;
use crate::twiml::{Gather, Prompt, Record, Verb};

const CHARACTERS_PER_SECOND: f64 = 15.0;
const PLAY_SECONDS: f64 = 5.0;
const ANSWER_SECONDS: f64 = 1.0;
const MESSAGE_SECONDS: u32 = 5;

impl Living {
    /// Carries out the verbs in order. The answer is the next document, if one is asked for.
    pub(super) async fn carry_out(&mut self, page: &Page) -> Result<Option<Source>, Stop> {
        for verb in &page.document.verbs {
            if self.clock.has_run_out() {
                return Err(Stop::HungUp);
            }
            let next = match verb {
                Verb::Prompt(prompt) => {
                    self.prompt(prompt).await?;
                    None
                }
                Verb::Gather(gather) => self.gather(page, gather).await?,
                Verb::Record(record) => Some(self.record(page, record).await?),
                Verb::Redirect(ask) => {
                    self.note(Heard::Redirect { url: ask.url.clone() });
                    Some(page.ask(ask, Vec::new())?)
                }
                Verb::Hangup => {
                    self.note(Heard::Hangup);
                    return Ok(None);
                }
                Verb::Reject => {
                    self.note(Heard::Reject);
                    return Ok(None);
                }
                Verb::Stream { url, parameters } => {
                    self.note(Heard::Stream {
                        url: url.clone(),
                        parameters: parameters.clone(),
                    });
                    self.wait(self.clock.left()).await?;
                    None
                }
                Verb::Dial { to, action } => {
                    self.note(Heard::Dial { to: to.clone() });
                    self.wait(self.clock.left()).await?;
                    let details = vec![("DialCallStatus", "completed".to_owned())];
                    action
                        .as_ref()
                        .map(|action| page.ask(action, details))
                        .transpose()?
                }
            };
            if next.is_some() {
                return Ok(next);
            }
        }
        Ok(None)
    }

    fn note(&self, heard: Heard) {
        self.carrier.desk().ledger.call_mut(self.index).heard.push(heard);
    }

    async fn prompt(&mut self, prompt: &Prompt) -> Result<(), Stop> {
        let (heard, seconds) = match prompt {
            Prompt::Say {
                text,
                voice,
                language,
            } => {
                let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                let heard = Heard::Say {
                    text: text.clone(),
                    voice: voice.clone(),
                    language: language.clone(),
                };
                (heard, f64::from(characters) / CHARACTERS_PER_SECOND)
            }
            Prompt::Play { url } => (Heard::Play { url: url.clone() }, PLAY_SECONDS),
            Prompt::Pause { seconds } => (Heard::Pause { seconds: *seconds }, f64::from(*seconds)),
        };
        self.note(heard);
        self.wait(seconds).await
    }

    async fn gather(&mut self, page: &Page, gather: &Gather) -> Result<Option<Source>, Stop> {
        for prompt in &gather.prompts {
            self.prompt(prompt).await?;
        }
        let presses = &self.carrier.behaviour().presses;
        let Some(taken) = self.callee.answer(gather, presses, &mut self.rng) else {
            self.wait(f64::from(gather.timeout_seconds)).await?;
            self.note(Heard::Gather {
                answer: String::new(),
                input: None,
            });
            if !gather.action_on_empty_result {
                return Ok(None);
            }
            let nothing = vec![("Digits", String::new()), ("FinishedOnKey", String::new())];
            return page.ask(&gather.action, nothing).map(Some);
        };
        self.wait(ANSWER_SECONDS).await?;
        let (answer, input, details) = match taken {
            Taken::Digits { digits, finished_on } => {
                let details = vec![("Digits", digits.clone()), ("FinishedOnKey", finished_on)];
                (digits, "dtmf", details)
            }
            Taken::Speech { text, confidence } => {
                let details = vec![
                    ("SpeechResult", text.clone()),
                    ("Confidence", confidence.to_string()),
                ];
                (text, "speech", details)
            }
        };
        self.note(Heard::Gather {
            answer,
            input: Some(input.to_owned()),
        });
        page.ask(&gather.action, details).map(Some)
    }

    async fn record(&mut self, page: &Page, record: &Record) -> Result<Source, Stop> {
        let seconds = MESSAGE_SECONDS.min(record.max_seconds);
        self.wait(f64::from(seconds)).await?;
        self.note(Heard::Record { seconds });
        let mut details = self.recording(u64::from(seconds)).to_vec();
        details.push(("Digits", String::new()));
        page.ask(&record.action, details)
    }
}
