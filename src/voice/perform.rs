//! A scene as the document that the carrier reads.
//!
//! A text that cannot be spoken to this contact must not leave somebody in silence: the profile's fallback is
//! said in its place, the call is ended, and the problem is handed back to be written on the attempt.

use outdial_domain::phone::PhoneNumber;
use outdial_domain::voice::{AnswerBy, Connect, Gather, Place, Record, Scene, Verb, VoiceProfile};
use outdial_providers::twiml::{GatherInput, GatherVerb, RecordVerb, Speech, Twiml};

use super::{ContactFields, FALLBACK, render};

/// What a stream's parameter may hold, in characters, its name among them; carriers refuse longer ones.
const LONGEST_PARAMETER: usize = 500;

/// The scene as TwiML, with the texts filled in for this contact, and what went wrong with them. `url_of` is
/// where the carrier goes on at a place of the script.
pub(crate) fn perform(
    profile: &VoiceProfile,
    scene: &Scene<'_>,
    fields: &ContactFields,
    url_of: impl Fn(Place) -> String,
) -> (String, Vec<String>) {
    let mut stage = Stage {
        profile,
        fields,
        url_of,
        twiml: Twiml::new(),
        problems: Vec::new(),
    };
    for verb in &scene.verbs {
        if let Err(problem) = stage.add(verb) {
            stage.problems.push(problem);
            stage.give_up();
            break;
        }
    }
    (stage.twiml.into_xml(), stage.problems)
}

/// A document in the making.
struct Stage<'a, U> {
    profile: &'a VoiceProfile,
    fields: &'a ContactFields,
    url_of: U,
    twiml: Twiml,
    problems: Vec<String>,
}

impl<'a, U: Fn(Place) -> String> Stage<'a, U> {
    /// Adds a verb, or nothing of it.
    fn add(&mut self, verb: &Verb<'_>) -> Result<(), String> {
        match verb {
            Verb::Say(text) => {
                let text = self.filled(text)?;
                self.say(&text);
            }
            Verb::Play(url) => self.put(|twiml| twiml.play(url)),
            Verb::Pause(seconds) => self.put(|twiml| twiml.pause(*seconds)),
            Verb::Gather(gather, place) => self.gather(gather, *place)?,
            Verb::Record(record, place) => self.record(record, *place),
            Verb::Connect(connect, place) => self.connect(connect, *place)?,
            Verb::Goto(place) => {
                let url = (self.url_of)(*place);
                self.put(|twiml| twiml.redirect(&url));
            }
            Verb::HangUp => self.put(Twiml::hang_up),
        }
        Ok(())
    }

    fn put(&mut self, verb: impl FnOnce(Twiml) -> Twiml) {
        self.twiml = verb(std::mem::take(&mut self.twiml));
    }

    /// A text of the profile, filled in.
    fn filled(&self, text: &str) -> Result<String, String> {
        render(text, self.fields).map_err(|error| format!("`{}`: {error}", beginning(text)))
    }

    /// Says a text; of one that nothing is left of, nothing.
    fn say(&mut self, text: &str) {
        let speech = self.speech();
        if !text.trim().is_empty() {
            self.put(|twiml| twiml.say_with(text, &speech));
        }
    }

    fn speech(&self) -> Speech<'a> {
        Speech {
            voice: self.profile.voice.as_deref(),
            language: self.profile.language.as_deref(),
            rate_percent: (self.profile.rate_percent != 100).then_some(self.profile.rate_percent),
        }
    }

    fn gather(&mut self, gather: &Gather, place: Place) -> Result<(), String> {
        let question = gather.say.as_deref().map(|text| self.filled(text)).transpose()?;
        let question = question.filter(|text| !text.trim().is_empty());
        let speech = self.speech();
        let action_url = (self.url_of)(place);
        let hints = gather.hints.join(", ");
        let verb = GatherVerb {
            input: match gather.by {
                AnswerBy::Keys => GatherInput::Dtmf,
                AnswerBy::Speech => GatherInput::Speech,
                AnswerBy::KeysOrSpeech => GatherInput::Both,
            },
            num_digits: gather.num_digits,
            timeout_seconds: Some(gather.timeout_seconds),
            finish_on_key: Some(&key(gather.finish_on_key)),
            action_url: &action_url,
            language: speech.language,
            hints: (!hints.is_empty()).then_some(hints.as_str()),
        };
        self.put(|twiml| {
            twiml.gather(&verb, |mut prompt| {
                if let Some(text) = &question {
                    prompt = prompt.say_with(text, &speech);
                }
                match &gather.play {
                    Some(url) => prompt.play(url),
                    None => prompt,
                }
            })
        });
        Ok(())
    }

    fn record(&mut self, record: &Record, place: Place) {
        let action_url = (self.url_of)(place);
        let verb = RecordVerb {
            action_url: &action_url,
            max_seconds: Some(record.max_seconds),
            finish_on_key: Some(&key(record.finish_on_key)),
            play_beep: record.beep,
            timeout_seconds: Some(record.timeout_seconds),
            transcribe: false,
        };
        self.put(|twiml| twiml.record(&verb));
    }

    fn connect(&mut self, connect: &Connect, place: Place) -> Result<(), String> {
        let done = (self.url_of)(place);
        match connect {
            Connect::Stream { url, parameters } => {
                let mut parameters = self.all_filled(parameters)?;
                for (name, text) in self.told_to_agents()? {
                    if !parameters.iter().any(|(known, _)| *known == name) {
                        parameters.push((name, text));
                    }
                }
                for (name, value) in &mut parameters {
                    self.shorten(name, value);
                }
                self.put(|twiml| twiml.connect_stream(url, None, &parameters));
            }
            Connect::Sip { uri, headers } => {
                let headers = self.all_filled(headers)?;
                self.put(|twiml| twiml.dial_sip(uri, &headers, None, Some(&done), None));
            }
            Connect::Number(number) => {
                let number: PhoneNumber = number.parse().map_err(|error| format!("{error}"))?;
                self.put(|twiml| twiml.dial_number(number, None, Some(&done), None));
            }
        }
        Ok(())
    }

    /// What the profile has to say to an agent, whatever a step adds.
    fn told_to_agents(&self) -> Result<Vec<(String, String)>, String> {
        let agent = &self.profile.agent;
        let prompt = agent
            .prompt
            .as_deref()
            .map(|text| self.filled(text))
            .transpose()?;
        let threshold = agent
            .qualification_threshold
            .map(|score| (score as f64 / 1000.0).to_string());
        let triggers = (!agent.handoff_triggers.is_empty()).then(|| agent.handoff_triggers.join(", "));
        let told = [
            ("agent_prompt", prompt),
            ("flow_id", agent.flow_id.clone()),
            ("style", self.profile.style.clone()),
            ("handoff_triggers", triggers),
            ("qualification_threshold", threshold),
        ];
        let given = told
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text?)));
        Ok(given.collect())
    }

    fn all_filled(&self, texts: &[(String, String)]) -> Result<Vec<(String, String)>, String> {
        let filled = texts
            .iter()
            .map(|(name, text)| Ok((name.clone(), self.filled(text)?)));
        filled.collect()
    }

    /// Better a parameter without its end than a call without its agent.
    fn shorten(&mut self, name: &str, value: &mut String) {
        let room = LONGEST_PARAMETER.saturating_sub(name.chars().count());
        if let Some((cut, _)) = value.char_indices().nth(room) {
            value.truncate(cut);
            let problem =
                format!("the parameter `{name}` was cut to the {room} characters that carriers take");
            self.problems.push(problem);
        }
    }

    /// Ends the call with the fallback.
    fn give_up(&mut self) {
        let text = self.filled(&self.profile.fallback).unwrap_or_else(|problem| {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
            FALLBACK.to_owned()
        });
        self.say(&text);
        self.put(Twiml::hang_up);
    }
}

/// A key as carriers are told of it: the empty text for none, since without one they choose.
fn key(key: Option<char>) -> String {
    key.map(String::from).unwrap_or_default()
}

fn beginning(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
