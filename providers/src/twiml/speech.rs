//! Speaking a text: with which voice, and in which pieces.

use super::escape::{push_attribute, push_text};

/// What is spoken in one `<Say>`, in characters: Twilio reads 4096.
const LONGEST_SAY: usize = 4000;

/// How a text is spoken. The default leaves everything to the carrier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Speech<'a> {
    /// The carrier's name of a voice, e.g. `Polly.Joanna-Neural`.
    pub voice: Option<&'a str>,
    /// The language, e.g. `en-GB`.
    pub language: Option<&'a str>,
    /// The pace in percent of the voice's own (SSML's `<prosody rate>`), held to 20 to 200, beyond which
    /// carriers refuse it. Only voices that know SSML follow it (Polly, Google).
    pub rate_percent: Option<u16>,
}

pub(super) fn push_say(xml: &mut String, text: &str, speech: &Speech<'_>) {
    for piece in pieces(text) {
        xml.push_str("<Say");
        for (name, value) in [("voice", speech.voice), ("language", speech.language)] {
            if let Some(value) = value {
                push_attribute(xml, name, value);
            }
        }
        xml.push('>');
        match speech.rate_percent {
            Some(percent) => {
                xml.push_str("<prosody");
                push_attribute(xml, "rate", &format!("{}%", percent.clamp(20, 200)));
                xml.push('>');
                push_text(xml, piece);
                xml.push_str("</prosody>");
            }
            None => push_text(xml, piece),
        }
        xml.push_str("</Say>");
    }
}

/// The text in pieces of at most [`LONGEST_SAY`] characters, cut where there is a blank, which is left out, or
/// within a word that is longer than a piece. A text that fits is one piece, as it stands.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((limit, after)) = rest.char_indices().nth(LONGEST_SAY) {
        let fits = &rest[..limit];
        let cut = if after.is_whitespace() {
            limit
        } else {
            fits.rfind(char::is_whitespace).unwrap_or(limit)
        };
        let piece = rest[..cut].trim();
        if !piece.is_empty() {
            pieces.push(piece);
        }
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_fits_is_spoken_at_once_and_as_it_stands() {
        for text in ["", " Hello  there ", &"é".repeat(4000)] {
            assert_eq!(pieces(text), [text]);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        let text = format!("{} {} {}", "a".repeat(2500), "b".repeat(1499), "c".repeat(10));
        assert_eq!(
            pieces(&text),
            [
                format!("{} {}", "a".repeat(2500), "b".repeat(1499)),
                "c".repeat(10)
            ]
        );
    }

    #[test]
    fn a_word_longer_than_a_piece_is_cut_all_the_same() {
        let text = format!("☎ {}", "é".repeat(8001));
        let lengths: Vec<_> = pieces(&text).iter().map(|piece| piece.chars().count()).collect();
        assert_eq!(lengths, [1, 4000, 4000, 1]);
    }

    #[test]
    fn endless_blanks_are_not_spoken() {
        let text = format!("{}a{}", " ".repeat(9000), " ".repeat(9000));
        assert_eq!(pieces(&text).concat().trim(), "a");
    }

    proptest! {
        #[test]
        fn no_piece_is_too_long_and_no_word_is_lost(
            words in prop::collection::vec("[a-zé]{0,900}", 0..24),
            blank in "[ \n]{1,3}",
        ) {
            let text = words.join(&blank);
            let pieces = pieces(&text);
            for piece in &pieces {
                prop_assert!(piece.chars().count() <= LONGEST_SAY);
            }
            let spoken: Vec<_> = pieces.iter().flat_map(|piece| piece.split_whitespace()).collect();
            let given: Vec<_> = text.split_whitespace().collect();
            prop_assert_eq!(spoken, given);
        }
    }
}
