//! What a person is asked to speak after a tone.

use outdial_domain::voice::Record;
use serde_json::Value;

use super::{keys, text};
use crate::spec::fields::{Fields, Shape};
use crate::spec::findings::Findings;

const RECORD: Shape = Shape {
    what: "a recording",
    known: &[
        "name",
        "say",
        "max_seconds",
        "timeout_seconds",
        "finish_on_key",
        "beep",
    ],
    read_only: &[],
};

pub(super) fn judge(value: &Value, at: String, findings: &mut Findings) -> Record {
    let Some(fields) = Fields::open(value, at, &RECORD, findings) else {
        return Record::default();
    };
    Record {
        name: text::answer_name(&fields, findings),
        say: text::template(&fields, "say", findings),
        max_seconds: fields.whole("max_seconds", 1..=600, 60, findings),
        timeout_seconds: fields.whole("timeout_seconds", 1..=60, 5, findings),
        finish_on_key: keys::finish_on_key(&fields, Some('#'), findings),
        beep: fields.truth("beep", findings).unwrap_or(true),
    }
}
