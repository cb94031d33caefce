//! What somebody sends or rings us with, unasked.

use outdial_domain::phone::PhoneNumber;

use super::error::{CallbackError, unreadable};
use super::fields::{call_id, filled, number, required};
use super::wish::Wish;
use crate::twilio::form::Form;
use crate::twilio::words;

const ADDRESS: &str = "a number in E.164 form, `+…` or `whatsapp:+…`";
const MESSAGE_ID: &str = "the id of a message, `SM…`, `MM…` or a UUID";
const WHATSAPP: &str = "whatsapp:";

/// A webhook of one of our numbers: a message or a call that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// Somebody wrote.
    Message(InboundMessage),
    /// Somebody rings.
    Call {
        /// The carrier's id of the call.
        provider_id: String,
        /// Who rings; `None` where the number is withheld or is no telephone number.
        from: Option<PhoneNumber>,
    },
}

/// A message that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMessage {
    /// The carrier's id of it.
    pub id: Option<String>,
    /// By which way it came.
    pub channel: Channel,
    /// Who wrote.
    pub from: PhoneNumber,
    /// Our number that was written to; `None` where it is a short code.
    pub to: Option<PhoneNumber>,
    /// The text, as it was written; empty where only media were sent.
    pub body: String,
    /// What it asks for by a keyword.
    pub wish: Option<Wish>,
}

/// By which way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// SMS or MMS.
    Sms,
    /// WhatsApp.
    WhatsApp,
}

impl Inbound {
    /// Reads a decoded body. It is a message where it has a message's id or text, and a call otherwise.
    ///
    /// # Errors
    /// For a message, when `From` is no telephone number, when `To` is of a channel that is not known, or when
    /// `Body` is missing, as in a report on a message that *we* sent. For a call, when `CallSid` is missing.
    /// When an id is not one.
    pub fn read(form: &Form<'_>) -> Result<Self, CallbackError> {
        let is_message = ["MessageSid", "SmsSid", "Body"]
            .into_iter()
            .any(|field| form.get(field).is_some());
        if is_message {
            return InboundMessage::read(form).map(Self::Message);
        }
        Ok(Self::Call {
            provider_id: call_id(form)?,
            from: number(form, "From"),
        })
    }
}

impl InboundMessage {
    fn read(form: &Form<'_>) -> Result<Self, CallbackError> {
        let address = required(form, "From", ADDRESS)?;
        let (channel, from) = channel_of(address);
        let from = from.parse().map_err(|_| unreadable("From", address, ADDRESS))?;
        let body = form.get("Body").ok_or(CallbackError::Missing {
            field: "Body",
            expected: "the text of a message that came in, which may be empty",
        })?;
        let carriers_word = form.get("OptOutType").and_then(Wish::of_carrier);
        Ok(Self {
            id: message_id(form)?,
            channel,
            from,
            to: addressee(form)?,
            body: body.to_owned(),
            wish: carriers_word.or_else(|| Wish::of_text(body)),
        })
    }
}

fn message_id(form: &Form<'_>) -> Result<Option<String>, CallbackError> {
    for field in ["MessageSid", "SmsSid"] {
        match filled(form, field) {
            Some(id) if words::is_call_id(id) => return Ok(Some(id.to_owned())),
            Some(id) => return Err(unreadable(field, id, MESSAGE_ID)),
            None => {}
        }
    }
    Ok(None)
}

/// A short code is no telephone number, but nothing to refuse a message for.
fn addressee(form: &Form<'_>) -> Result<Option<PhoneNumber>, CallbackError> {
    let Some(address) = filled(form, "To") else {
        return Ok(None);
    };
    let (_, number) = channel_of(address);
    match number.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) if number.contains(':') => Err(unreadable("To", address, ADDRESS)),
        Err(_) => Ok(None),
    }
}

fn channel_of(address: &str) -> (Channel, &str) {
    match address.strip_prefix(WHATSAPP) {
        Some(number) => (Channel::WhatsApp, number),
        None => (Channel::Sms, address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Inbound, CallbackError> {
        Inbound::read(&Form::parse(body.as_bytes())?)
    }

    fn message(body: &str) -> InboundMessage {
        match read(body).expect(body) {
            Inbound::Message(message) => message,
            call @ Inbound::Call { .. } => panic!("{call:?}"),
        }
    }

    #[test]
    fn a_message_is_read_with_its_wish() {
        assert_eq!(
            message(
                "ToCountry=US&SmsMessageSid=SM1&NumMedia=0&SmsSid=SM1&SmsStatus=received&Body=Stop.\
                 &To=%2B15551230001&MessageSid=SM1&AccountSid=AC1&From=%2B15551230002"
            ),
            InboundMessage {
                id: Some("SM1".to_owned()),
                channel: Channel::Sms,
                from: "+15551230002".parse().expect("number"),
                to: "+15551230001".parse().ok(),
                body: "Stop.".to_owned(),
                wish: Some(Wish::Stop),
            }
        );
    }

    #[test]
    fn the_carriers_judgement_goes_before_the_text() {
        let wish = |rest: &str| message(&format!("SmsSid=SM1&From=%2B15551230002&{rest}")).wish;
        assert_eq!(wish("Body=Baja&OptOutType=STOP"), Some(Wish::Stop));
        assert_eq!(wish("Body=STOP&OptOutType=START"), Some(Wish::Start));
        assert_eq!(wish("Body=x&OptOutType=help"), Some(Wish::Help));
        assert_eq!(wish("Body=stop&OptOutType=NEW"), Some(Wish::Stop));
        assert_eq!(wish("Body=stop&OptOutType="), Some(Wish::Stop));
        assert_eq!(wish("Body=stop+by+tomorrow"), None);
    }

    #[test]
    fn a_whatsapp_number_is_understood_at_both_ends() {
        let message =
            message("MessageSid=SM1&Body=&From=whatsapp%3A%2B15551230002&To=whatsapp%3A%2B15551230001");
        assert_eq!(message.channel, Channel::WhatsApp);
        assert_eq!(Some(message.from), "+15551230002".parse().ok());
        assert_eq!(message.to, "+15551230001".parse().ok());
    }

    #[test]
    fn a_message_to_a_short_code_has_no_number_of_ours() {
        assert_eq!(message("Body=hi&From=%2B15551230002&To=12345").to, None);
        assert_eq!(message("Body=hi&From=%2B15551230002").id, None);
    }

    #[test]
    fn a_call_names_its_caller_where_there_is_a_number() {
        for (from, expected) in [
            ("%2B15551230002", "+15551230002".parse().ok()),
            ("anonymous", None),
            ("sip%3Ajo%40x.example", None),
        ] {
            assert_eq!(
                read(&format!(
                    "CallSid=CA1&From={from}&To=%2B15551230001&Direction=inbound"
                )),
                Ok(Inbound::Call {
                    provider_id: "CA1".to_owned(),
                    from: expected,
                })
            );
        }
    }

    #[test]
    fn what_is_no_message_and_no_call_is_refused_by_its_field() {
        for (body, field) in [
            ("", "CallSid"),
            ("CallSid=", "CallSid"),
            ("MessageSid=SM1&Body=hi", "From"),
            ("MessageSid=SM1&Body=hi&From=12345", "From"),
            ("MessageSid=SM1&Body=hi&From=rcs%3Aagent", "From"),
            ("MessageSid=SM1&Body=hi&From=whatsapp%3Ajo", "From"),
            ("MessageSid=SM1&Body=hi&From=%2B15551230002&To=rcs%3Aagent", "To"),
            ("MessageSid=..%2Fx&Body=hi&From=%2B15551230002", "MessageSid"),
            // A report on a message that we sent.
            ("MessageSid=SM1&MessageStatus=sent&From=%2B15551230002", "Body"),
        ] {
            let error = read(body).expect_err(body).to_string();
            assert!(error.contains(&format!("the field `{field}` ")), "{error}");
        }
    }
}
