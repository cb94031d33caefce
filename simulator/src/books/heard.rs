//! What an answered call was told, as it was carried out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One verb of a document that was carried out. In JSON `verb` says which.
///
/// What stands inside a `<Gather>` comes before it: the entry of the `<Gather>` is written when the callee has
/// answered, or has not in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb")]
pub enum Heard {
    /// Text was spoken.
    Say {
        /// Without the marks of SSML, white space collapsed.
        text: String,
        /// As it was given.
        voice: Option<String>,
        /// As it was given.
        language: Option<String>,
    },
    /// A recording was played.
    Play {
        /// As it was given.
        url: String,
    },
    /// Silence.
    Pause {
        /// Reported seconds.
        seconds: u32,
    },
    /// The callee was asked.
    Gather {
        /// The digits or the words; empty where nothing was answered.
        answer: String,
        /// `dtmf` or `speech`; `null` where nothing was answered.
        input: Option<String>,
    },
    /// The callee left a message.
    Record {
        /// Reported seconds.
        seconds: u32,
    },
    /// The call went on with another document.
    Redirect {
        /// As it was given.
        url: String,
    },
    /// The call was put through to a stream of audio.
    Stream {
        /// As it was given.
        url: String,
        /// Its parameters.
        parameters: BTreeMap<String, String>,
    },
    /// The call was put through to somebody.
    Dial {
        /// Numbers and addresses of SIP, in order.
        to: Vec<String>,
    },
    /// The document hung up.
    Hangup,
    /// The document turned the call away.
    Reject,
}
