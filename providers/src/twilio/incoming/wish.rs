//! Whether a message asks to be left alone, to be written to again, or for help.

/// What a message from a called or written-to person asks for by a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// Never again.
    Stop,
    /// The undoing of that.
    Start,
    /// To know who we are.
    Help,
}

impl Wish {
    /// The carrier's own judgement (`OptOutType`).
    pub(super) fn of_carrier(word: &str) -> Option<Self> {
        Some(match word.to_ascii_uppercase().as_str() {
            "STOP" => Self::Stop,
            "START" => Self::Start,
            "HELP" => Self::Help,
            _ => return None,
        })
    }

    /// The wish of a message that is a keyword and nothing else: in any letter case, between blanks,
    /// punctuation or symbols, and with blanks, hyphens or dots in it (`Opt-out!`, `“STOP ALL”`, `S.T.O.P.`).
    /// A sentence that holds a keyword is none: what it asks is for a person to read.
    pub fn of_text(text: &str) -> Option<Self> {
        let keyword: String = text
            .trim_matches(|c: char| !c.is_alphanumeric())
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}' | '\u{2011}' | '.'))
            // One more than the longest keyword has, so that a long text costs nothing.
            .take(LONGEST_KEYWORD + 1)
            .flat_map(char::to_uppercase)
            .collect();
        Some(match keyword.as_str() {
            "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT" => {
                Self::Stop
            }
            "START" | "UNSTOP" => Self::Start,
            "HELP" | "INFO" => Self::Help,
            _ => return None,
        })
    }
}

const LONGEST_KEYWORD: usize = "UNSUBSCRIBE".len();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_a_wish() {
        for (words, wish) in [
            (
                "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
                Wish::Stop,
            ),
            ("START UNSTOP", Wish::Start),
            ("HELP INFO", Wish::Help),
        ] {
            for word in words.split(' ') {
                assert_eq!(Wish::of_text(word), Some(wish), "{word}");
                assert_eq!(Wish::of_text(&word.to_lowercase()), Some(wish), "{word}");
            }
        }
    }

    #[test]
    fn case_blanks_and_punctuation_do_not_hide_a_wish() {
        for text in [
            " Stop. ",
            "opt out",
            "Opt-Out!!",
            "STOP ALL",
            "stop  all",
            "“stop!”",
            "¡stop!",
            "S.T.O.P.",
            "s t o p",
            "\u{feff}stop\n",
            "stop 🛑",
            "(quit)",
            "'unsubscribe'",
        ] {
            assert_eq!(Wish::of_text(text), Some(Wish::Stop), "{text:?}");
        }
    }

    #[test]
    fn a_sentence_is_no_wish() {
        for text in [
            "",
            "...",
            "stop by tomorrow",
            "please stop",
            "stop, all good?",
            "don't stop",
            "the end",
            "start, stop",
            "stopped",
            "stop1",
            "unsubscribed",
            "no",
            "yes",
        ] {
            assert_eq!(Wish::of_text(text), None, "{text:?}");
        }
    }
}
