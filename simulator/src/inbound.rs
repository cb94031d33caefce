//! `POST /_carrier/inbound`: somebody sends a message to a number of the account.
//!
//! The carrier asks the URL that stands in the request, once, signed, as for every message that comes in, and answers
//! with what the receiver said.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data};
use serde_json::{Map, Value, json};

use crate::behaviour::Problem;
use crate::call_request::is_e164;
use crate::callbacks::{Method, Target, deliver};
use crate::carrier::Carrier;
use crate::dialect::Dialect;

const FIELDS: &str = "url, from, to, body, opt_out_type, dialect";
const MAX_BODY_CHARACTERS: usize = 1600;

/// A message that comes in.
struct Message {
    target: Target,
    from: String,
    to: String,
    body: String,
    opt_out_type: Option<String>,
}

pub(crate) async fn send_message(carrier: Data<Carrier>, body: Bytes) -> HttpResponse {
    if !carrier.sends_messages {
        let message = "this carrier sends no messages: whoever started it did not allow that";
        return HttpResponse::Forbidden().json(json!({ "message": message }));
    }
    let message = match read(&body) {
        Ok(message) => message,
        Err(problems) => return refused(&problems),
    };
    if carrier.account_sid().is_empty() {
        let message =
            "no account has spoken to this carrier yet, so nothing can be signed; make any request first";
        return HttpResponse::Conflict().json(json!({ "message": message }));
    }
    let parameters = message.parameters(carrier.account_sid());
    let delivered = deliver(&carrier, &message.target, &parameters).await;
    match delivered.last {
        Ok(status) => HttpResponse::Ok().json(json!({ "status": status, "body": delivered.body })),
        Err(error) => HttpResponse::BadGateway().json(json!({ "message": format!("url: {error}") })),
    }
}

impl Message {
    fn parameters(&self, account_sid: &str) -> Vec<(&'static str, String)> {
        let sid = self.target.dialect.new_id("SM");
        let mut parameters = vec![
            ("MessageSid", sid.clone()),
            ("SmsSid", sid.clone()),
            ("SmsMessageSid", sid),
            ("AccountSid", account_sid.to_owned()),
            ("From", self.from.clone()),
            ("To", self.to.clone()),
            ("Body", self.body.clone()),
            ("NumMedia", "0".to_owned()),
            ("NumSegments", "1".to_owned()),
            ("SmsStatus", "received".to_owned()),
            ("ApiVersion", "2010-04-01".to_owned()),
        ];
        for empty in ["FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"] {
            parameters.push((empty, String::new()));
        }
        parameters.push(("FromCountry", "US".to_owned()));
        parameters.push(("ToCountry", "US".to_owned()));
        let opt_out_type = self.opt_out_type.clone();
        parameters.extend(opt_out_type.map(|kind| ("OptOutType", kind)));
        parameters
    }
}

/// The message, or every field that is wrong.
fn read(body: &[u8]) -> Result<Message, Vec<Problem>> {
    let value = serde_json::from_slice(body)
        .map_err(|error| vec![problem("message", &format!("not valid json: {error}"))])?;
    let Value::Object(fields) = value else {
        return Err(vec![problem("message", "must be an object")]);
    };
    let mut problems = Vec::new();
    for field in fields.keys() {
        if !FIELDS.split(", ").any(|known| known == field) {
            problems.push(problem(field, &format!("not a known field; known are {FIELDS}")));
        }
    }
    let mut text = |field: &str, needed: bool, check: fn(&str) -> Option<&'static str>| match one_text(
        &fields, field, needed, check,
    ) {
        Ok(text) => text,
        Err(message) => {
            problems.push(problem(field, &message));
            None
        }
    };
    let dialect = text("dialect", false, |name| {
        let known = Dialect::from_name(name).is_some();
        (!known).then_some("must be twilio or signalwire")
    });
    let dialect = dialect
        .and_then(|name| Dialect::from_name(&name))
        .unwrap_or(Dialect::Twilio);
    let url = text("url", true, |_| None);
    let from = text("from", true, number);
    let to = text("to", true, number);
    let body = text("body", true, |body| {
        (body.chars().count() > MAX_BODY_CHARACTERS).then_some("must not be longer than 1600 characters")
    });
    let opt_out_type = text("opt_out_type", false, |kind| {
        let known = matches!(kind, "STOP" | "START" | "HELP");
        (!known).then_some("must be STOP, START or HELP")
    });
    let target = url.and_then(|url| match Target::new(dialect, &url, Method::Post) {
        Ok(target) => Some(target),
        Err(reason) => {
            problems.push(problem("url", &format!("{reason}: {url}")));
            None
        }
    });
    match (target, from, to, body) {
        (Some(target), Some(from), Some(to), Some(body)) if problems.is_empty() => Ok(Message {
            target,
            from,
            to,
            body,
            opt_out_type,
        }),
        _ => Err(problems),
    }
}

fn one_text(
    fields: &Map<String, Value>,
    field: &str,
    needed: bool,
    check: fn(&str) -> Option<&'static str>,
) -> Result<Option<String>, String> {
    match fields.get(field) {
        None | Some(Value::Null) if needed => Err("is required".to_owned()),
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => match check(text) {
            Some(wrong) => Err(format!("{wrong}, not '{text}'")),
            None => Ok(Some(text.clone())),
        },
        Some(other) => Err(format!("must be a string, not {other}")),
    }
}

fn number(text: &str) -> Option<&'static str> {
    let bare = text.strip_prefix("whatsapp:").unwrap_or(text);
    (!is_e164(bare)).then_some("must be a number in E.164, such as +15551230002, perhaps after whatsapp:")
}

fn problem(field: &str, message: &str) -> Problem {
    Problem {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

fn refused(problems: &[Problem]) -> HttpResponse {
    let all: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.field, problem.message))
        .collect();
    HttpResponse::BadRequest().json(json!({ "message": all.join("; "), "errors": problems }))
}
