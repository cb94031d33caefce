//! Whom a call is connected to, and what that one is told of the contact.

use outdial_domain::phone::PhoneNumber;
use outdial_domain::voice::Connect;
use serde_json::Value;

use super::text;
use crate::spec::fields::{Fields, Shape};
use crate::spec::findings::Findings;
use crate::spec::quoted;

const CONNECT: Shape = Shape {
    what: "a connection",
    known: &["stream", "sip", "number", "parameters", "headers"],
    read_only: &[],
};

/// What a connection can lead to, each with what can be passed on to it.
const ENDS: [(&str, Option<&str>); 3] = [
    ("stream", Some("parameters")),
    ("sip", Some("headers")),
    ("number", None),
];

const MOST_TOLD: usize = 50;
const LONGEST_NAME: usize = 100;
/// What carriers take.
const LONGEST_SIP: usize = 255;

pub(super) fn judge(value: &Value, at: String, findings: &mut Findings) -> Connect {
    let stand_in = Connect::Number(String::new());
    let Some(fields) = Fields::open(value, at.clone(), &CONNECT, findings) else {
        return stand_in;
    };
    let given: Vec<_> = ENDS.iter().filter(|(end, _)| fields.get(end).is_some()).collect();
    let [(end, told)] = given.as_slice() else {
        let count = if given.is_empty() { "none" } else { "several" };
        findings.refuse(
            at,
            format!("must have one of stream, sip and number, and has {count}"),
        );
        return stand_in;
    };
    for (_, other) in ENDS {
        if let Some(other) = other.filter(|other| Some(*other) != *told)
            && let Some(value) = fields.get(other)
        {
            findings.refuse_value(
                fields.at(other),
                value,
                format!("cannot be told to a {end}; leave it out"),
            );
        }
    }
    match *end {
        "stream" => Connect::Stream {
            url: stream_url(&fields, findings),
            parameters: texts(&fields, "parameters", is_parameter, findings),
        },
        "sip" => Connect::Sip {
            uri: sip_uri(&fields, findings),
            headers: texts(&fields, "headers", is_header, findings),
        },
        _ => Connect::Number(number(&fields, findings)),
    }
}

/// Carriers cut a query off, so what stands in it would be lost.
fn stream_url(fields: &Fields<'_>, findings: &mut Findings) -> String {
    let url = text::url(fields, "stream", &["wss"], findings);
    if url.contains('?') {
        let message = "cannot have a query, which carriers cut off: use `parameters`";
        findings.refuse_value(fields.at("stream"), &url.as_str().into(), message);
    }
    url
}

/// `sip:`, somebody or not, and a host.
fn sip_uri(fields: &Fields<'_>, findings: &mut Findings) -> String {
    let Some(uri) = fields.text("sip", findings).map(str::trim) else {
        return String::new();
    };
    let address = uri.strip_prefix("sip:").or(uri.strip_prefix("sips:"));
    let is_good = address.is_some_and(|address| {
        let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
        !host.is_empty() && !host.starts_with([':', ';', '?'])
    });
    let is_plain = uri.bytes().all(|b| b.is_ascii_graphic()) && uri.len() <= LONGEST_SIP;
    if !is_good || !is_plain {
        let message = format!(
            "`{}` is not a SIP address: write sip:… or sips:…, such as sip:agent@pbx.example.com, with at most {LONGEST_SIP} characters",
            quoted::shortened(uri)
        );
        findings.refuse_value(fields.at("sip"), &uri.into(), message);
    }
    uri.to_owned()
}

fn number(fields: &Fields<'_>, findings: &mut Findings) -> String {
    let Some(text) = fields.text("number", findings).map(str::trim) else {
        return String::new();
    };
    if let Err(error) = text.parse::<PhoneNumber>() {
        findings.refuse_value(fields.at("number"), &text.into(), error.to_string());
    }
    text.to_owned()
}

/// Templates by name, in their order.
fn texts(
    fields: &Fields<'_>,
    name: &str,
    is_good: fn(&str) -> bool,
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let Some(value) = fields.get(name) else {
        return Vec::new();
    };
    let at = fields.at(name);
    let Value::Object(object) = value else {
        let message = format!("must be an object of texts by name, not {}", quoted::json(value));
        findings.refuse_value(at, value, message);
        return Vec::new();
    };
    if object.len() > MOST_TOLD {
        let message = format!("must have at most {MOST_TOLD} entries, not {}", object.len());
        findings.refuse(at, message);
        return Vec::new();
    }
    let mut texts = Vec::new();
    for (name, value) in object {
        let at = format!("{at}.{}", quoted::shortened(name));
        if !is_good(name) || name.len() > LONGEST_NAME {
            let message = format!(
                "cannot have this name: write at most {LONGEST_NAME} letters, digits and -, for a parameter also . and _, \
                 for a header beginning with X-"
            );
            findings.refuse(at.clone(), message);
        }
        match value {
            Value::String(text) => text::check(text, at, findings),
            _ => findings.refuse_value(
                at,
                value,
                format!("must be a string, not {}", quoted::json(value)),
            ),
        }
        texts.push((name.clone(), value.as_str().unwrap_or_default().to_owned()));
    }
    texts
}

fn is_parameter(name: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    !name.is_empty() && name.bytes().all(is_letter)
}

/// Carriers pass on those that begin with `X-` alone.
fn is_header(name: &str) -> bool {
    let rest = name.strip_prefix("X-").or(name.strip_prefix("x-"));
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}
