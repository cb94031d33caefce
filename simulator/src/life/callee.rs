//! What the callee answers when a document asks.

use crate::behaviour::{Answer, Presses};
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::twiml::Gather;

/// Who has taken the call.
pub(super) struct Callee {
    /// Answers in order; `None`: by the weights.
    answers: Option<std::vec::IntoIter<Answer>>,
    is_machine: bool,
}

/// An answer as the carrier took it.
#[derive(Debug, PartialEq)]
pub(super) enum Taken {
    Digits { digits: String, finished_on: String },
    Speech { text: String, confidence: f64 },
}

impl Callee {
    pub fn new(plan: &Plan) -> Self {
        Self {
            answers: plan.answers.clone().map(Vec::into_iter),
            is_machine: plan.outcome == Outcome::Machine,
        }
    }

    /// Answers the next question. `None`: nothing that the question takes.
    pub fn answer(&mut self, gather: &Gather, presses: &Presses, rng: &mut fastrand::Rng) -> Option<Taken> {
        // Drawn in any case: the lots that follow do not depend on who answers how.
        let drawn = presses.draw(rng);
        let answer = match &mut self.answers {
            Some(answers) => answers.next()?,
            None if self.is_machine => return None,
            None => Answer::Digits(drawn),
        };
        take(gather, answer)
    }
}

/// What a question takes of an answer.
fn take(gather: &Gather, answer: Answer) -> Option<Taken> {
    match answer {
        Answer::Digits(pressed) if gather.takes_digits => {
            let ends = |key: char| gather.finish_on_key.contains(key);
            let most = gather.digits.unwrap_or(usize::MAX);
            let digits: String = pressed.chars().take_while(|key| !ends(*key)).take(most).collect();
            let finished_on = pressed.chars().nth(digits.len()).filter(|key| ends(*key));
            let finished_on = finished_on.filter(|_| digits.len() < most);
            (!digits.is_empty()).then(|| Taken::Digits {
                digits,
                finished_on: finished_on.map(String::from).unwrap_or_default(),
            })
        }
        Answer::Speech { text, confidence } if gather.takes_speech && !text.is_empty() => {
            Some(Taken::Speech { text, confidence })
        }
        Answer::Digits(_) | Answer::Speech { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Taken, take};
    use crate::behaviour::Answer;
    use crate::twiml::{Document, Verb};

    #[test]
    fn a_question_takes_its_digits_up_to_their_number_or_the_finishing_key() {
        let cases = [
            ("", "1", Some(("1", ""))),
            ("", "12#3", Some(("12", "#"))),
            ("", "#", None),
            ("", "", None),
            ("numDigits='2'", "123", Some(("12", ""))),
            ("numDigits='2'", "12#", Some(("12", ""))),
            ("numDigits='2'", "1#", Some(("1", "#"))),
            ("finishOnKey='*'", "1#2*", Some(("1#2", "*"))),
            ("finishOnKey=''", "1#", Some(("1#", ""))),
            ("input='speech'", "1", None),
        ];
        for (attributes, pressed, expected) in cases {
            let text = format!("<Response><Gather {attributes}/></Response>");
            let document = Document::parse(&text).unwrap();
            let Verb::Gather(gather) = &document.verbs[0] else {
                panic!("{document:?}");
            };
            let expected = expected.map(|(digits, finished_on)| Taken::Digits {
                digits: digits.to_owned(),
                finished_on: finished_on.to_owned(),
            });
            let taken = take(gather, Answer::Digits(pressed.to_owned()));
            assert_eq!(taken, expected, "{attributes} {pressed}");
        }
    }
}
