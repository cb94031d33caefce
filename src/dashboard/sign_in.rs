//! Signing in with an API key, and out again.

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{self, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use maud::html;
use serde::Deserialize;

use super::client::Client;
use super::failure::Failure;
use super::form::{Fields, Form, Limit, Typed};
use super::numbers::duration;
use super::visit::must_be_from_here;
use super::{BASE, page, resource};
use crate::access::Credential;
use crate::http::caller::{SESSION_COOKIE, credential_of};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource(
                "/sign-in",
                [
                    (Method::GET, web::get().to(ask)),
                    (Method::POST, web::post().to(sign_in)),
                ],
            )
            // Anybody may send it.
            .app_data(Limit(4 << 10)),
        )
        .service(resource("/sign-out", [(Method::POST, web::post().to(sign_out))]));
}

#[derive(Deserialize)]
struct Next {
    /// Where to go then.
    next: Option<String>,
    /// Whether something was to be done that was not.
    undone: Option<String>,
}

async fn ask(request: HttpRequest, next: Query<Next>) -> Result<HttpResponse, Failure> {
    let client = client(&request)?;
    if let Some(credential @ Credential::Session(_)) = credential_of(&request)
        && client.outdial().admitted(&credential)?.is_some()
    {
        return Ok(leads_to(next.next.as_deref()));
    }
    let Next { next, undone } = next.into_inner();
    let told = "You were signed out, so what you asked for was not done. Sign in, and ask for it again.";
    let form = Form {
        refused: undone.map(|_| told.to_owned()),
        fields: Fields(vec![("next".to_owned(), next.unwrap_or_default())]),
        ..Form::default()
    };
    Ok(shown(client, StatusCode::OK, &form))
}

fn client(request: &HttpRequest) -> Result<&Client, Failure> {
    let client = request.app_data::<Client>();
    client.ok_or_else(|| Failure::broken("the dashboard is not mounted"))
}

fn shown(client: &Client, status: StatusCode, form: &Form) -> HttpResponse {
    let lasts = client.outdial().options().session.as_secs_f64();
    let next = form.fields.get("next");
    page::bare(
        status,
        "Sign in",
        &html! {
            h1 { "Sign in" }
            form method="post" action={ (BASE) "/sign-in" } {
                (form.summary())
                @if !next.is_empty() { input type="hidden" name="next" value=(next); }
                (form.input("api_key", "API key").required().kind("password").with("autocomplete", "current-password")
                    .hint("It begins with odk_. The first one was printed when outdial was first started."))
                button.primary { "Sign in" }
                p.hint { "You stay signed in for " (duration(lasts)) ", or until you sign out." }
            }
        },
    )
}

async fn sign_in(request: HttpRequest, fields: Typed) -> Result<HttpResponse, Failure> {
    let client = client(&request)?;
    must_be_from_here(&request, client.outdial())?;
    let fields = Fields(fields.into_inner());
    let Some(session) = client.outdial().sign_in(fields.get("api_key")).await? else {
        let form = Form {
            refused: Some("No such API key: it is mistyped, was revoked, or has expired.".to_owned()),
            fields,
            ..Form::default()
        };
        return Ok(shown(client, StatusCode::UNAUTHORIZED, &form));
    };
    // A copied cookie must be of no use where it could be overheard.
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_overheard_by_nobody = request.connection_info().scheme() == "https"
        || is_public_by_https(&client.outdial().inner.public_url, host);
    let secure = if is_overheard_by_nobody { "; Secure" } else { "" };
    let cookie = format!(
        "{SESSION_COOKIE}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        session.token,
        session.lasts.0 / 1000
    );
    let mut answer = leads_to(fields.given("next"));
    let value = header::HeaderValue::from_str(&cookie).expect("a token is hexadecimal digits");
    answer.headers_mut().append(header::SET_COOKIE, value);
    Ok(answer)
}

/// Whether a host is the one by which outdial is known to the outside, by https: also where what stands before it says
/// nothing of how it was asked.
fn is_public_by_https(public_url: &str, host: &str) -> bool {
    let authority = public_url
        .strip_prefix("https://")
        .and_then(|rest| rest.split('/').next())
        .map(|authority| authority.strip_suffix(":443").unwrap_or(authority));
    let host = host.strip_suffix(":443").unwrap_or(host);
    authority.is_some_and(|authority| !host.is_empty() && authority.eq_ignore_ascii_case(host))
}

/// Leads to a page of the dashboard, and never elsewhere, whatever stands in the address.
fn leads_to(next: Option<&str>) -> HttpResponse {
    let is_ours = |next: &&str| {
        let rest = next.strip_prefix(BASE);
        let is_address = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        rest.is_some_and(|rest| rest.starts_with(['/', '?']) && is_address(rest))
    };
    let next = next.filter(is_ours).unwrap_or(BASE);
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, next))
        .finish()
}

async fn sign_out(request: HttpRequest) -> Result<HttpResponse, Failure> {
    let client = client(&request)?;
    must_be_from_here(&request, client.outdial())?;
    if let Some(Credential::Session(token)) = credential_of(&request) {
        client.outdial().sign_out(&token).await?;
    }
    let cookie = format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("{BASE}/sign-in")))
        .insert_header((header::SET_COOKIE, cookie))
        // What was looked at is nobody's any more who comes back by the browser's history.
        .insert_header(("clear-site-data", "\"cache\""))
        .finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led_to(next: &str) -> String {
        let answer = leads_to(Some(next));
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{next}");
        let location = answer.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        location.expect("an address").to_owned()
    }

    #[test]
    fn signing_in_leads_to_an_address_of_the_dashboard_and_nowhere_else() {
        assert_eq!(
            led_to("/dashboard/lines?cursor=a%20b"),
            "/dashboard/lines?cursor=a%20b"
        );
        for other in [
            "https://elsewhere.example",
            "/dashboards",
            "/dashboard/\\x",
            "/dashboard/é",
            "/dashboard/\u{1}",
        ] {
            assert_eq!(led_to(other), BASE, "{other}");
        }
    }

    #[test]
    fn a_cookie_is_for_https_where_the_public_address_was_asked_that_is_by_https() {
        let public = "https://dial.example.com/under";
        assert!(is_public_by_https(public, "dial.example.com"));
        assert!(is_public_by_https(public, "Dial.example.com:443"));
        assert!(!is_public_by_https(public, "localhost:8080"));
        assert!(!is_public_by_https(public, ""));
        assert!(!is_public_by_https("http://dial.example.com", "dial.example.com"));
        assert!(!is_public_by_https("https:///", ""));
    }
}
