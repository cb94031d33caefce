//! The ways to write one path and query.
//!
//! A carrier signs the URL as it was told, and a proxy between it and us may have written it anew: `%3A`
//! for `:`, `%2f` for `%2F`, `+` for a blank. Each spelling made here is decoded to the same segments and
//! the same fields, in the same order, as the one that came, so none of them widens what a signature
//! allows.

const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const LOWER: &[u8; 16] = b"0123456789abcdef";

/// Which characters stand as they are; everything else is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// RFC 3986's unreserved characters (§2.3).
    Unreserved,
    /// Those, and every other one that means nothing where it stands (§3.3, §3.4).
    Harmless,
}

/// Where a piece stands, which says what separates it from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Segment,
    Name,
    Value,
}

/// The other spellings of a path and query: at most eight, each once, none of them `rest` itself. None at all
/// where an escape is broken, since nobody can tell what it stands for.
///
/// They are the products of: only unreserved characters stand as they are, or all harmless ones; escapes
/// with upper-case or lower-case digits; a blank in the query as `%20` or `+`.
pub(super) fn other_spellings(rest: &str) -> Vec<String> {
    let mut spellings: Vec<String> = Vec::new();
    for kept in [Kept::Unreserved, Kept::Harmless] {
        for digits in [UPPER, LOWER] {
            for blank in ["%20", "+"] {
                let Some(spelling) = (Speller { kept, digits, blank }).spell(rest) else {
                    return Vec::new();
                };
                if spelling != rest && !spellings.contains(&spelling) {
                    spellings.push(spelling);
                }
            }
        }
    }
    spellings
}

struct Speller {
    kept: Kept,
    digits: &'static [u8; 16],
    /// How a blank in the query is written. In a path, `+` is a plus.
    blank: &'static str,
}

impl Speller {
    fn spell(&self, rest: &str) -> Option<String> {
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        let mut out = String::with_capacity(rest.len());
        for (index, segment) in path.split('/').enumerate() {
            if index > 0 {
                out.push('/');
            }
            self.push(&mut out, segment, Place::Segment)?;
        }
        for (index, field) in query.iter().flat_map(|query| query.split('&')).enumerate() {
            out.push(if index > 0 { '&' } else { '?' });
            match field.split_once('=') {
                Some((name, value)) => {
                    self.push(&mut out, name, Place::Name)?;
                    out.push('=');
                    self.push(&mut out, value, Place::Value)?;
                }
                None => self.push(&mut out, field, Place::Name)?,
            }
        }
        Some(out)
    }

    fn push(&self, out: &mut String, piece: &str, place: Place) -> Option<()> {
        let mut bytes = piece.bytes();
        while let Some(byte) = bytes.next() {
            let byte = match byte {
                b'%' => escaped(bytes.next()?, bytes.next()?)?,
                b'+' if place != Place::Segment => b' ',
                other => other,
            };
            if byte == b' ' && place != Place::Segment {
                out.push_str(self.blank);
            } else if self.keeps(byte, place) {
                out.push(char::from(byte));
            } else {
                out.push('%');
                out.push(char::from(self.digits[usize::from(byte >> 4)]));
                out.push(char::from(self.digits[usize::from(byte & 15)]));
            }
        }
        Some(())
    }

    fn keeps(&self, byte: u8, place: Place) -> bool {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            return true;
        }
        if self.kept == Kept::Unreserved {
            return false;
        }
        match place {
            Place::Segment => b"!$&'()*+,;=:@".contains(&byte),
            // Some read `;` as a separator of fields, so it is never laid bare.
            Place::Name => b"!$'()*,:@/?".contains(&byte),
            Place::Value => b"!$'()*,:@/?=".contains(&byte),
        }
    }
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(value(high)? * 16 + value(low)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a path and query say: segments, and fields with a value or without.
    type Decoded = (Vec<Vec<u8>>, Option<Vec<(Vec<u8>, Option<Vec<u8>>)>>);

    /// A decoder that shares nothing with the speller.
    fn decode(rest: &str) -> Decoded {
        fn unescape(piece: &str) -> Vec<u8> {
            percent(piece.as_bytes())
        }
        fn percent(bytes: &[u8]) -> Vec<u8> {
            match bytes {
                [] => Vec::new(),
                [b'%', high, low, rest @ ..] => {
                    let digits = [*high, *low];
                    let text = std::str::from_utf8(&digits).expect("digits");
                    let mut decoded = vec![u8::from_str_radix(text, 16).expect("hexadecimal")];
                    decoded.extend(percent(rest));
                    decoded
                }
                [byte, rest @ ..] => {
                    let mut decoded = vec![*byte];
                    decoded.extend(percent(rest));
                    decoded
                }
            }
        }
        let (path, query) = rest.split_once('?').map_or((rest, None), |(p, q)| (p, Some(q)));
        let segments = path.split('/').map(unescape).collect();
        let fields = query.map(|query| {
            query
                .split('&')
                .map(|field| {
                    let plain = field.replace('+', " ");
                    match plain.split_once('=') {
                        Some((name, value)) => (unescape(name), Some(unescape(value))),
                        None => (unescape(&plain), None),
                    }
                })
                .collect()
        });
        (segments, fields)
    }

    #[test]
    fn a_plain_url_has_one_spelling() {
        let plain = "/webhooks/twilio/0198-a/attempts/0198-b/status?c=0198-c&s=x_y~z.";
        assert_eq!(other_spellings(plain), [""; 0]);
    }

    #[test]
    fn the_spellings_that_carriers_and_proxies_use_are_all_there() {
        let spellings = [
            "/a%3Ab?at=12%3A30&q=t%20%26%2F",
            "/a%3ab?at=12%3a30&q=t%20%26%2f",
            "/a%3Ab?at=12%3A30&q=t+%26%2F",
            "/a%3ab?at=12%3a30&q=t+%26%2f",
            "/a:b?at=12:30&q=t%20%26/",
            "/a:b?at=12:30&q=t+%26/",
        ];
        for given in spellings {
            let others = other_spellings(given);
            for spelling in spellings {
                assert_eq!(
                    others.iter().any(|other| other == spelling),
                    spelling != given,
                    "{given} as {spelling}"
                );
            }
        }
    }

    #[test]
    fn what_separates_is_never_confused_with_what_is_escaped() {
        for (given, never) in [
            ("/a%2Fb", "/a/b"),
            ("/a%3Fb", "/a?b"),
            ("/x?a=1%26b=2", "/x?a=1&b=2"),
            ("/x?a%3Db=1", "/x?a=b=1"),
            ("/x?a=1%2B1", "/x?a=1+1"),
            ("/x+y", "/x%20y"),
            ("/x?a=1%3Bb=2", "/x?a=1;b=2"),
            ("/x?a=1%23b", "/x?a=1#b"),
            ("/x?a", "/x?a="),
            ("/x?", "/x"),
        ] {
            assert!(
                !other_spellings(given).iter().any(|other| other == never),
                "{given}"
            );
        }
    }

    #[test]
    fn a_broken_escape_has_no_other_spelling() {
        for broken in ["/a:b%", "/a:b%2", "/a:b%zz", "/a:b?x=%+1"] {
            assert_eq!(other_spellings(broken), [""; 0], "{broken}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_says_the_same_and_they_are_few(
            rest in "(/([a-z:;@+&=%é ]|%[0-9a-fA-F]{2}){0,6}){0,2}(\\?([a-z:;@+&=/?é ]|%[0-9a-fA-F]{2}){0,12})?"
        ) {
            let others = other_spellings(&rest);
            prop_assert!(others.len() <= 8);
            for other in others {
                prop_assert_ne!(&other, &rest);
                prop_assert_eq!(decode(&other), decode(&rest), "{}", other);
            }
        }
    }
}
