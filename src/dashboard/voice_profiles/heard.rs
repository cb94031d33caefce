//! What a call says, read out of the TwiML that the API renders.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// One thing that is heard or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    Says(String),
    Plays(String),
    /// Seconds of silence.
    Silence(String),
    /// Waits for an answer, so many seconds.
    Waits(String),
    Records,
    Connects,
    GoesOn,
    HangsUp,
}

/// What a document says, in order; `None` where it cannot be read.
pub(super) fn heard(twiml: &str) -> Option<Vec<Heard>> {
    let mut reader = Reader::from_str(twiml);
    let mut all = Vec::new();
    let mut text: Option<String> = None;
    let mut waits = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => match tag.name().as_ref() {
                "Say" | "Play" => text = Some(String::new()),
                "Gather" => waits = attribute(&tag, "timeout"),
                _ => all.extend(act(&tag)),
            },
            Event::Empty(tag) => all.extend(act(&tag)),
            Event::Text(piece) => {
                if let Some(text) = &mut text {
                    text.push_str(&piece);
                }
            }
            Event::GeneralRef(entity) => {
                if let Some(text) = &mut text {
                    match entity.resolve_char_ref().ok()? {
                        Some(letter) => text.push(letter),
                        None => text.push_str(resolve_predefined_entity(&entity)?),
                    }
                }
            }
            Event::End(tag) => match tag.name().as_ref() {
                "Say" => all.extend(text.take().map(Heard::Says)),
                "Play" => all.extend(text.take().map(Heard::Plays)),
                "Gather" => all.push(Heard::Waits(std::mem::take(&mut waits))),
                _ => {}
            },
            Event::Eof => return Some(all),
            _ => {}
        }
    }
}

fn act(tag: &BytesStart<'_>) -> Option<Heard> {
    match tag.name().as_ref() {
        "Pause" => Some(Heard::Silence(attribute(tag, "length"))),
        "Record" => Some(Heard::Records),
        "Connect" | "Dial" => Some(Heard::Connects),
        "Redirect" => Some(Heard::GoesOn),
        "Hangup" => Some(Heard::HangsUp),
        _ => None,
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let found = tag.try_get_attribute(name).ok().flatten();
    found.map_or_else(String::new, |attribute| attribute.value.into_owned())
}

#[cfg(test)]
mod tests {
    use outdial_providers::twiml::{GatherInput, GatherVerb, Speech, Twiml};

    use super::*;

    #[test]
    fn what_is_said_is_read_as_it_was_written_whatever_its_pace() {
        let slow = Speech {
            rate_percent: Some(80),
            ..Speech::default()
        };
        let twiml = Twiml::new()
            .say("Tea & <cake>")
            .say_with("Slowly, \"Ann\"", &slow)
            .play("https://x.example/a?b=1&c=2")
            .pause(2)
            .hang_up();
        let expected = [
            Heard::Says("Tea & <cake>".to_owned()),
            Heard::Says("Slowly, \"Ann\"".to_owned()),
            Heard::Plays("https://x.example/a?b=1&c=2".to_owned()),
            Heard::Silence("2".to_owned()),
            Heard::HangsUp,
        ];
        assert_eq!(heard(&twiml.into_xml()), Some(expected.to_vec()));
    }

    #[test]
    fn a_question_is_heard_before_an_answer_is_waited_for() {
        let verb = GatherVerb {
            input: GatherInput::Both,
            num_digits: Some(1),
            timeout_seconds: Some(4),
            finish_on_key: None,
            action_url: "https://x.example/",
            language: None,
            hints: None,
        };
        let twiml = Twiml::new()
            .gather(&verb, |prompt| prompt.say("Coming?"))
            .redirect("https://x.example/again");
        let expected = [
            Heard::Says("Coming?".to_owned()),
            Heard::Waits("4".to_owned()),
            Heard::GoesOn,
        ];
        assert_eq!(heard(&twiml.into_xml()), Some(expected.to_vec()));
    }

    #[test]
    fn what_is_no_document_is_not_read() {
        assert_eq!(heard("<Response><Say>a</Play></Response>"), None);
    }
}
