//! What answered: the verdict of asynchronous machine detection.

use outdial_domain::call::AnsweredBy;
use outdial_domain::time::Millis;

use super::error::CallbackError;
use super::fields::{call_id, number, required};
use crate::twilio::form::Form;
use crate::twilio::words;

const WORDS: &str =
    "human, machine_start, machine_end_beep, machine_end_silence, machine_end_other, fax or unknown";

/// A callback about what answered a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectionCallback {
    /// The carrier's id of the call.
    pub provider_id: String,
    /// What answered. A word not seen before is never a person.
    pub answered_by: AnsweredBy,
    /// How long the carrier listened before it knew.
    pub took: Option<Millis>,
}

impl DetectionCallback {
    /// Reads a decoded body.
    ///
    /// # Errors
    /// When `CallSid` is missing or is not one, or when `AnsweredBy` is missing.
    pub fn read(form: &Form<'_>) -> Result<Self, CallbackError> {
        let provider_id = call_id(form)?;
        let word = required(form, "AnsweredBy", WORDS)?;
        Ok(Self {
            provider_id,
            answered_by: words::answered_by(word).unwrap_or(AnsweredBy::Unknown),
            took: number::<u32>(form, "MachineDetectionDuration").map(|ms| Millis(i64::from(ms))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<DetectionCallback, CallbackError> {
        DetectionCallback::read(&Form::parse(body.as_bytes())?)
    }

    #[test]
    fn a_verdict_names_its_call_what_answered_and_how_long_it_took() {
        assert_eq!(
            read("CallSid=CA1&AccountSid=AC1&AnsweredBy=machine_end_beep&MachineDetectionDuration=4213"),
            Ok(DetectionCallback {
                provider_id: "CA1".to_owned(),
                answered_by: AnsweredBy::MachineEnd,
                took: Some(Millis(4213)),
            })
        );
    }

    #[test]
    fn a_new_word_is_not_a_person_and_a_strange_duration_costs_nothing() {
        let verdict = read("CallSid=CA1&AnsweredBy=hologram&MachineDetectionDuration=-1").expect("verdict");
        assert_eq!((verdict.answered_by, verdict.took), (AnsweredBy::Unknown, None));
    }

    #[test]
    fn a_verdict_without_call_or_answer_is_an_error_that_names_the_field() {
        for (body, field) in [
            ("AnsweredBy=human", "CallSid"),
            ("CallSid=a%2Fb&AnsweredBy=human", "CallSid"),
            ("CallSid=CA1", "AnsweredBy"),
            ("CallSid=CA1&AnsweredBy=", "AnsweredBy"),
        ] {
            let error = read(body).expect_err(body).to_string();
            assert!(error.contains(&format!("`{field}`")), "{error}");
        }
    }
}
