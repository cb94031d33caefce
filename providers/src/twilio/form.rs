//! A webhook's body, `application/x-www-form-urlencoded`, decoded as it was signed.
//!
//! Order, repetitions, blanks and unknown fields are kept: the signature covers all of them, and new
//! ones appear unannounced. Unlike a browser's parser it does not mend: a broken escape or a byte that is
//! not UTF-8 is an error, since a mended value would not be the one that was signed.

use std::borrow::Cow;

use super::incoming::{CallbackError, shortened};

/// The decoded fields of a body, borrowed from it where nothing had to be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form<'a> {
    fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Form<'a> {
    /// Decodes a body. The empty body is a form without fields.
    ///
    /// # Errors
    /// When the body is of another kind (JSON, XML, binary), when a `%` is not followed by two
    /// hexadecimal digits, or when a field is not UTF-8.
    pub fn parse(body: &'a [u8]) -> Result<Self, CallbackError> {
        if let Some(offset) = body.iter().position(|byte| is_never_in_a_form(*byte)) {
            return Err(CallbackError::NotAForm {
                offset,
                byte: body[offset],
            });
        }
        let fields = body
            .split(|byte| *byte == b'&')
            .filter(|field| !field.is_empty())
            .map(|field| {
                let equals = field.iter().position(|byte| *byte == b'=');
                let (name, value) = match equals {
                    Some(at) => (&field[..at], &field[at + 1..]),
                    None => (field, &field[..0]),
                };
                Ok((decode(name, name)?, decode(name, value)?))
            })
            .collect::<Result<_, CallbackError>>()?;
        Ok(Self { fields })
    }

    /// All fields in the order sent: what a signature is verified over.
    pub fn params(&self) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        &self.fields
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_ref())
    }
}

/// Bytes that every encoder escapes, and that JSON, XML and binary data begin with.
fn is_never_in_a_form(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'<' | b'>' | b'{' | b'}' | 0x7f)
}

fn decode<'a>(field: &[u8], raw: &'a [u8]) -> Result<Cow<'a, str>, CallbackError> {
    let refuse = |expected| CallbackError::Unreadable {
        field: shortened(&String::from_utf8_lossy(field)),
        value: shortened(&String::from_utf8_lossy(raw)),
        expected,
    };
    let not_utf8 = "text in UTF-8";
    if !raw.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return str::from_utf8(raw)
            .map(Cow::Borrowed)
            .map_err(|_| refuse(not_utf8));
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let (byte, after) =
                    escaped_byte(rest).ok_or_else(|| refuse("two hexadecimal digits after every %"))?;
                decoded.push(byte);
                rest = after;
            }
            _ => decoded.push(byte),
        }
    }
    String::from_utf8(decoded)
        .map(Cow::Owned)
        .map_err(|_| refuse(not_utf8))
}

fn escaped_byte(digits: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = digits.split_first_chunk()?;
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    let byte = value(high)? * 16 + value(low)?;
    Some((u8::try_from(byte).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str) -> Vec<(String, String)> {
        Form::parse(body.as_bytes())
            .expect(body)
            .params()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    }

    #[test]
    fn fields_are_decoded_and_keep_order_repetitions_and_blanks() {
        let expected = [
            ("To", "+15551230002"),
            ("CallerName", ""),
            ("Body", " H\u{e9}llo & w=rld \n"),
            ("To", "b"),
            ("flag", ""),
            ("", "x"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            fields("To=%2B15551230002&CallerName=&Body=+H%C3%A9llo+%26+w=rld+%0a&To=b&&flag&=x&"),
            expected
        );
        assert_eq!(fields(""), []);
    }

    #[test]
    fn a_plain_value_is_borrowed_from_the_body() {
        let form = Form::parse(b"CallStatus=ringing").expect("form");
        assert!(matches!(
            form.params()[0],
            (Cow::Borrowed("CallStatus"), Cow::Borrowed("ringing"))
        ));
    }

    #[test]
    fn the_first_of_a_repeated_field_is_the_one_that_is_read() {
        let form = Form::parse(b"a=1&a=2").expect("form");
        assert_eq!(form.get("a"), Some("1"));
        assert_eq!(form.get("b"), None);
    }

    #[test]
    fn a_body_of_another_kind_is_refused_with_the_place_named() {
        for (body, offset) in [
            (&b"{\"a\":1}"[..], 0),
            (b"<xml/>", 0),
            (b"a=1\n", 3),
            (b"a=b c", 3),
            (b"a=\0", 2),
        ] {
            let error = Form::parse(body).expect_err("another kind");
            assert_eq!(
                error,
                CallbackError::NotAForm {
                    offset,
                    byte: body[offset]
                }
            );
            assert!(error.to_string().contains("application/x-www-form-urlencoded"));
        }
    }

    #[test]
    fn a_broken_escape_is_refused_with_its_field_named() {
        for body in ["To=%", "To=%2", "To=%zz", "To=%+1", "To=a%2"] {
            let error = Form::parse(body.as_bytes()).expect_err(body).to_string();
            assert!(error.contains("`To`") && error.contains("hexadecimal"), "{error}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_whether_escaped_or_raw() {
        for body in [&b"Body=%ff"[..], b"Body=\xff", b"Body=%C3+"] {
            let error = Form::parse(body).expect_err("not UTF-8").to_string();
            assert!(error.contains("`Body`") && error.contains("UTF-8"), "{error}");
        }
    }
}
