//! Reads verbs out of the elements of a document.

use std::collections::BTreeMap;

use super::xml::{Element, Node};
use super::{Ask, Document, Gather, Prompt, Record, Verb};
use crate::callbacks::Method;

const DEFAULT_GATHER_TIMEOUT_SECONDS: u32 = 5;
const DEFAULT_PAUSE_SECONDS: u32 = 1;
const DEFAULT_RECORDING_SECONDS: u32 = 3600;
const VERBS: &str = "Say, Play, Pause, Gather, Record, Redirect, Hangup, Reject, Connect with Stream, Dial with Number or Sip";

pub(super) fn document(root: &Element) -> Result<Document, String> {
    if root.name != "Response" {
        return Err(format!("the root element is <{}>, not <Response>", root.name));
    }
    let verbs = elements(root)?.into_iter().map(verb).collect::<Result<_, _>>()?;
    Ok(Document { verbs })
}

fn verb(element: &Element) -> Result<Verb, String> {
    Ok(match element.name.as_str() {
        "Say" | "Play" | "Pause" => Verb::Prompt(prompt(element)?),
        "Gather" => Verb::Gather(gather(element)?),
        "Record" => {
            nothing_in(element)?;
            Verb::Record(Record {
                max_seconds: number(element, "maxLength", 1)?.unwrap_or(DEFAULT_RECORDING_SECONDS),
                action: action(element)?,
            })
        }
        "Redirect" => Verb::Redirect(Ask {
            url: text_of(element)?,
            method: method(element)?,
        }),
        "Hangup" => {
            nothing_in(element)?;
            Verb::Hangup
        }
        "Reject" => Verb::Reject,
        "Connect" => stream(element)?,
        "Dial" => dial(element)?,
        other => {
            return Err(format!(
                "<{other}> is no verb that is known here; known are {VERBS}"
            ));
        }
    })
}

fn prompt(element: &Element) -> Result<Prompt, String> {
    Ok(match element.name.as_str() {
        "Say" => {
            let mut text = String::new();
            spoken(element, &mut text);
            Prompt::Say {
                text: collapsed(&text),
                voice: attribute(element, "voice").map(str::to_owned),
                language: attribute(element, "language").map(str::to_owned),
            }
        }
        "Play" => Prompt::Play {
            url: text_of(element)?,
        },
        "Pause" => {
            nothing_in(element)?;
            Prompt::Pause {
                seconds: number(element, "length", 0)?.unwrap_or(DEFAULT_PAUSE_SECONDS),
            }
        }
        other => return Err(format!("<{other}> cannot stand in <Gather>: Say, Play or Pause")),
    })
}

fn gather(element: &Element) -> Result<Gather, String> {
    let (mut takes_digits, mut takes_speech) = (false, false);
    for input in attribute(element, "input").unwrap_or("dtmf").split_whitespace() {
        match input {
            "dtmf" => takes_digits = true,
            "speech" => takes_speech = true,
            other => return Err(format!("<Gather> has input='{other}': dtmf, speech or both")),
        }
    }
    let prompts = elements(element)?
        .into_iter()
        .map(prompt)
        .collect::<Result<_, _>>()?;
    let digits = number(element, "numDigits", 1)?;
    Ok(Gather {
        prompts,
        takes_digits,
        takes_speech,
        digits: digits.map(|digits| usize::try_from(digits).unwrap_or(usize::MAX)),
        timeout_seconds: number(element, "timeout", 0)?.unwrap_or(DEFAULT_GATHER_TIMEOUT_SECONDS),
        finish_on_key: attribute(element, "finishOnKey").unwrap_or("#").to_owned(),
        action: action(element)?,
        action_on_empty_result: truth(element, "actionOnEmptyResult")?,
    })
}

fn stream(connect: &Element) -> Result<Verb, String> {
    let nouns = elements(connect)?;
    let [stream] = nouns.as_slice() else {
        return Err("<Connect> must hold one <Stream>".to_owned());
    };
    if stream.name != "Stream" {
        return Err(format!("<{}> cannot stand in <Connect>: Stream", stream.name));
    }
    let mut parameters = BTreeMap::new();
    for parameter in elements(stream)? {
        if parameter.name != "Parameter" {
            return Err(format!(
                "<{}> cannot stand in <Stream>: Parameter",
                parameter.name
            ));
        }
        let name = required(parameter, "name")?;
        parameters.insert(name, required(parameter, "value")?);
    }
    Ok(Verb::Stream {
        url: required(stream, "url")?,
        parameters,
    })
}

fn dial(element: &Element) -> Result<Verb, String> {
    let mut to = Vec::new();
    for child in &element.children {
        let address = match child {
            Node::Text(text) => collapsed(text),
            Node::Element(noun) if matches!(noun.name.as_str(), "Number" | "Sip") => text_of(noun)?,
            Node::Element(noun) => {
                return Err(format!("<{}> cannot stand in <Dial>: Number or Sip", noun.name));
            }
        };
        to.extend(Some(address).filter(|address| !address.is_empty()));
    }
    if to.is_empty() {
        return Err("<Dial> names nobody to dial".to_owned());
    }
    let action = attribute(element, "action")
        .map(|_| action(element))
        .transpose()?;
    Ok(Verb::Dial { to, action })
}

fn attribute<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    let found = element.attributes.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

fn required(element: &Element, name: &str) -> Result<String, String> {
    let value = attribute(element, name).ok_or_else(|| format!("<{}> has no {name}", element.name))?;
    Ok(value.to_owned())
}

fn number(element: &Element, name: &str, least: u32) -> Result<Option<u32>, String> {
    let Some(raw) = attribute(element, name) else {
        return Ok(None);
    };
    let number = raw.parse().ok().filter(|number| *number >= least);
    number.map(Some).ok_or_else(|| {
        let verb = &element.name;
        format!("<{verb}> has {name}='{raw}': a whole number, {least} or more")
    })
}

fn truth(element: &Element, name: &str) -> Result<bool, String> {
    match attribute(element, name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(format!("<{}> has {name}='{other}': true or false", element.name)),
    }
}

fn method(element: &Element) -> Result<Method, String> {
    match attribute(element, "method") {
        None | Some("POST") => Ok(Method::Post),
        Some("GET") => Ok(Method::Get),
        Some(other) => Err(format!("<{}> has method='{other}': GET or POST", element.name)),
    }
}

fn action(element: &Element) -> Result<Ask, String> {
    Ok(Ask {
        url: attribute(element, "action").unwrap_or_default().trim().to_owned(),
        method: method(element)?,
    })
}

/// The child elements, where there is no text between them.
fn elements(parent: &Element) -> Result<Vec<&Element>, String> {
    let mut elements = Vec::new();
    for child in &parent.children {
        match child {
            Node::Element(element) => elements.push(element),
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(text) => {
                return Err(format!("<{}> has the text '{}'", parent.name, text.trim()));
            }
        }
    }
    Ok(elements)
}

fn nothing_in(element: &Element) -> Result<(), String> {
    if elements(element)?.is_empty() {
        return Ok(());
    }
    Err(format!("<{}> must be empty", element.name))
}

/// The text of an element that holds nothing else.
fn text_of(element: &Element) -> Result<String, String> {
    let mut whole = String::new();
    for child in &element.children {
        match child {
            Node::Text(text) => whole.push_str(text),
            Node::Element(inner) => {
                return Err(format!("<{}> cannot stand in <{}>", inner.name, element.name));
            }
        }
    }
    Ok(whole.trim().to_owned())
}

/// All text in an element, whatever elements it stands in.
fn spoken(element: &Element, text: &mut String) {
    for child in &element.children {
        match child {
            Node::Text(part) => text.push_str(part),
            Node::Element(inner) => {
                // A pause or a paragraph ends a word; other marks may stand inside one.
                let apart = inner.children.is_empty() || matches!(inner.name.as_str(), "p" | "s");
                let gap = if apart { " " } else { "" };
                text.push_str(gap);
                spoken(inner, text);
                text.push_str(gap);
            }
        }
    }
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::callbacks::Method;
    use crate::twiml::{Ask, Document, Prompt, Verb};

    #[test]
    fn a_gather_has_its_prompts_and_the_defaults_of_the_protocol() {
        let text = "<Response><Gather action='/next?a=1&amp;b=2' method='GET'>\
                    <Say voice='alice'>Press\n <prosody rate='slow'>one</prosody>,<break/>please</Say><Pause/></Gather></Response>";
        let document = Document::parse(text).unwrap();
        let [Verb::Gather(gather)] = document.verbs.as_slice() else {
            panic!("{document:?}");
        };
        let say = Prompt::Say {
            text: "Press one, please".to_owned(),
            voice: Some("alice".to_owned()),
            language: None,
        };
        assert_eq!(gather.prompts, [say, Prompt::Pause { seconds: 1 }]);
        let action = Ask {
            url: "/next?a=1&b=2".to_owned(),
            method: Method::Get,
        };
        assert_eq!(gather.action, action);
        assert!(gather.takes_digits && !gather.takes_speech && !gather.action_on_empty_result);
        assert_eq!((gather.digits, gather.timeout_seconds), (None, 5));
        assert_eq!(gather.finish_on_key, "#");
    }

    #[test]
    fn only_a_verb_that_may_ask_for_another_document_asks_for_more() {
        let cases = [
            ("<Say>Hello</Say><Pause length='2'/><Hangup/>", false),
            (
                "<Connect><Stream url='wss://x/y'><Parameter name='a' value=''/></Stream></Connect>",
                false,
            ),
            (
                "<Dial><Number>+15551230003</Number></Dial><Reject reason='busy'/>",
                false,
            ),
            ("<Dial action='/done'>+15551230003</Dial>", true),
            ("<Gather/>", true),
            ("<Record maxLength='3'/>", true),
            ("<Redirect>/next</Redirect>", true),
        ];
        for (verbs, expected) in cases {
            let document = Document::parse(&format!("<Response>{verbs}</Response>")).unwrap();
            assert_eq!(document.asks_for_more(), expected, "{verbs}");
        }
    }

    #[test]
    fn what_is_not_in_the_subset_is_named() {
        let cases = [
            ("<Html/>", "the root element is <Html>, not <Response>"),
            ("<Response>Hello</Response>", "<Response> has the text 'Hello'"),
            (
                "<Response><say>x</say></Response>",
                "<say> is no verb that is known here",
            ),
            (
                "<Response><Gather numDigits='0'/></Response>",
                "<Gather> has numDigits='0': a whole number, 1 or more",
            ),
            (
                "<Response><Gather timeout='soon'/></Response>",
                "<Gather> has timeout='soon'",
            ),
            (
                "<Response><Gather input='touch'/></Response>",
                "<Gather> has input='touch'",
            ),
            (
                "<Response><Gather><Dial>1</Dial></Gather></Response>",
                "<Dial> cannot stand in <Gather>",
            ),
            (
                "<Response><Gather actionOnEmptyResult='1'/></Response>",
                "<Gather> has actionOnEmptyResult='1'",
            ),
            (
                "<Response><Redirect method='PUT'>/x</Redirect></Response>",
                "<Redirect> has method='PUT'",
            ),
            (
                "<Response><Connect/></Response>",
                "<Connect> must hold one <Stream>",
            ),
            (
                "<Response><Connect><Stream/></Connect></Response>",
                "<Stream> has no url",
            ),
            (
                "<Response><Dial><Queue>q</Queue></Dial></Response>",
                "<Queue> cannot stand in <Dial>",
            ),
            (
                "<Response><Dial> </Dial></Response>",
                "<Dial> names nobody to dial",
            ),
        ];
        for (text, expected) in cases {
            let error = Document::parse(text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
