//! What an answered call is told: the verbs of a TwiML document, in their order.
//!
//! The subset that the simulator can follow. It is strict: whatever is not in the subset (another verb, a number that
//! is none) makes the whole document an error that names it, where a real carrier might pass over it with a warning.
//! Attributes that change nothing in a simulated call, such as `loop` or `speechTimeout`, are not looked at.

mod read;
mod xml;

use std::collections::BTreeMap;

use crate::callbacks::Method;

/// A document that was found valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    pub verbs: Vec<Verb>,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Prompt(Prompt),
    Gather(Gather),
    Record(Record),
    Redirect(Ask),
    Hangup,
    Reject,
    /// `<Connect><Stream>`.
    Stream {
        url: String,
        parameters: BTreeMap<String, String>,
    },
    Dial {
        /// The numbers and addresses, in order.
        to: Vec<String>,
        action: Option<Ask>,
    },
}

/// Something to listen to, alone or inside a `<Gather>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    Say {
        /// With the text of nested SSML, white space collapsed.
        text: String,
        voice: Option<String>,
        language: Option<String>,
    },
    Play {
        url: String,
    },
    Pause {
        seconds: u32,
    },
}

/// Where the next document is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// As it was given: absolute, relative, or empty for the present document.
    pub url: String,
    pub method: Method,
}

/// A question to the callee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gather {
    pub prompts: Vec<Prompt>,
    pub takes_digits: bool,
    pub takes_speech: bool,
    /// So many digits are an answer; `None`: any number.
    pub digits: Option<usize>,
    pub timeout_seconds: u32,
    /// Each of these keys ends the answer.
    pub finish_on_key: String,
    pub action: Ask,
    /// Whether the action is asked for although nothing was answered.
    pub action_on_empty_result: bool,
}

/// A message that the callee leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub max_seconds: u32,
    pub action: Ask,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        read::document(&xml::parse(text)?)
    }

    /// Whether some verb may ask for another document. From then on the documents decide when the call ends.
    pub fn asks_for_more(&self) -> bool {
        self.verbs.iter().any(|verb| match verb {
            Verb::Gather(_) | Verb::Record(_) | Verb::Redirect(_) => true,
            Verb::Dial { action, .. } => action.is_some(),
            Verb::Prompt(_) | Verb::Hangup | Verb::Reject | Verb::Stream { .. } => false,
        })
    }
}
