//! Every page of the dashboard. One that a page leads to and that is not in here fails a test: add it, and it is looked
//! at in both schemes and widths, by axe-core and by the hostile strings.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};

use super::furnished::Furnished;
use super::sessions::Session;
use crate::service::OWNER_KEY;

/// Addresses; what stands in braces is the id of that thing in a furnished service.
pub const PAGES: &[&str] = &[
    "/dashboard",
    "/dashboard/campaigns",
    "/dashboard/campaigns?status=canceled",
    "/dashboard/campaigns/new",
    "/dashboard/campaigns/new/{begun}/info",
    "/dashboard/campaigns/new/{begun}/audience",
    "/dashboard/campaigns/new/{begun}/rules",
    "/dashboard/campaigns/new/{begun}/review",
    "/dashboard/campaigns/{done}",
    "/dashboard/campaigns/{waiting}",
    "/dashboard/campaigns/{paused}",
    "/dashboard/campaigns/{draft}",
    "/dashboard/campaigns/{done}/contacts",
    "/dashboard/campaigns/{draft}/contacts",
    "/dashboard/campaigns/{done}/contacts/{contact}",
    "/dashboard/campaigns/{waiting}/contacts/{held}",
    "/dashboard/campaigns/{done}/attempts",
    "/dashboard/campaigns/{done}/attempts/{attempt}",
    "/dashboard/campaigns/{waiting}/configuration",
    "/dashboard/campaigns/{waiting}/configuration/edit",
    "/dashboard/campaigns/{done}/events",
    "/dashboard/suppression-lists",
    "/dashboard/suppression-lists/new",
    "/dashboard/suppression-lists/{list}",
    "/dashboard/suppression-lists/{list}/edit",
    "/dashboard/holiday-calendars",
    "/dashboard/holiday-calendars/new",
    "/dashboard/holiday-calendars/{calendar}",
    "/dashboard/holiday-calendars/{calendar}/edit",
    "/dashboard/voice-profiles",
    "/dashboard/voice-profiles/new",
    "/dashboard/voice-profiles/{voice}",
    "/dashboard/voice-profiles/{voice}/edit",
    "/dashboard/lines",
    "/dashboard/lines/new",
    "/dashboard/lines/{line}",
    "/dashboard/lines/{line}/edit",
    "/dashboard/access",
    "/dashboard/access/keys",
    "/dashboard/access/keys/new",
    "/dashboard/access/keys/{key}",
    "/dashboard/access/members",
    "/dashboard/access/members/new",
    "/dashboard/access/members/{member}",
    "/dashboard/access/organization",
    "/dashboard/access/organizations",
    "/dashboard/access/organizations/new",
    "/dashboard/access/organizations/{organization}",
    "/dashboard/audit-log",
    "/dashboard/audit-log/{entry}",
    "/dashboard/system",
    "/dashboard/demo",
    "/dashboard/sign-in",
    "/dashboard/no-such-page",
    "/dashboard/campaigns/01890000-0000-7000-8000-000000000000",
];

/// What a page leads to, or sends to, by an attribute of its elements: without query, and only below the dashboard.
fn addresses(html: &str, attribute: &str) -> BTreeSet<String> {
    let begins = format!("{attribute}=\"/dashboard");
    let found = html.split(&begins).skip(1).map(|rest| {
        let end = rest.find(['"', '?', '#']).unwrap();
        format!("/dashboard{}", &rest[..end])
    });
    // A list of errors is a file, and no page.
    found
        .filter(|path| !path.contains("/assets/") && !path.ends_with(".csv"))
        .collect()
}

/// An address with a star for every id in it.
fn shape(path: &str) -> String {
    let is_id = |part: &&str| part.len() == 36 && part.matches('-').count() == 4;
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if is_id(&part) { "*" } else { part })
        .collect();
    parts.join("/")
}

/// Where the forms of all pages are sent that change something.
pub async fn forms_of(furnished: &Furnished, session: &Session) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for page in PAGES {
        let (_, html) = session.get(&furnished.address(page)).await;
        let posts = html.split("<form").skip(1).filter_map(|form| {
            let tag = &form[..form.find('>')?];
            tag.contains("method=\"post\"").then(|| addresses(tag, "action"))
        });
        all.extend(posts.flatten());
        // A button may send its form elsewhere.
        all.extend(addresses(&html, "formaction"));
    }
    all.remove("/dashboard/sign-in");
    all.remove("/dashboard/sign-out");
    all
}

#[tokio::test]
async fn every_page_that_a_page_leads_to_is_there_and_is_looked_at_by_these_tests() {
    let furnished = Furnished::plainly().await;
    let session = Session::of(&furnished.service, OWNER_KEY).await;
    let known: BTreeSet<String> = PAGES
        .iter()
        .map(|page| furnished.address(page))
        .map(|address| shape(address.split('?').next().unwrap()))
        .collect();
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = PAGES.iter().map(|page| furnished.address(page)).collect();
    let mut strange = BTreeSet::new();
    while let Some(path) = open.pop() {
        let (status, html) = session.get(&path).await;
        if path.contains("no-such-page") || path.contains("01890000") {
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        } else if ![StatusCode::OK, StatusCode::SEE_OTHER].contains(&status) {
            strange.insert(format!("{path} answers {status}"));
        }
        for next in addresses(&html, "href") {
            if !known.contains(&shape(&next)) {
                strange.insert(format!("{path} leads to {next}, which is not in the table"));
            }
            if seen.insert(shape(&next)) {
                open.push(next);
            }
        }
    }
    assert!(strange.is_empty(), "{strange:#?}");
}

/// What every answer of the dashboard says of what its page may do.
#[tokio::test]
async fn every_page_forbids_scripts_and_styles_in_itself_and_everything_from_elsewhere() {
    let furnished = Furnished::plainly().await;
    let session = Session::of(&furnished.service, OWNER_KEY).await;
    for page in PAGES {
        let path = furnished.address(page);
        let answer = session.request(Method::GET, &path).send().await.unwrap();
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value
                .unwrap_or_else(|| panic!("{path} has no {name}"))
                .to_str()
                .unwrap()
                .to_owned()
        };
        let policy = header("content-security-policy");
        let directives: BTreeSet<&str> = policy.split(';').map(str::trim).collect();
        for needed in [
            "default-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(directives.contains(needed), "{path}: {policy}");
        }
        for directive in directives {
            let mut sources = directive.split_whitespace().skip(1);
            let is_own = |source: &str| {
                ["'self'", "'none'"].contains(&source)
                    || (source == "data:" && directive.starts_with("img-src"))
            };
            assert!(sources.all(is_own), "{path}: {directive}");
        }
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "same-origin");
        let html = answer.text().await.unwrap();
        assert!(
            !html.contains("<style") && !html.contains(" style="),
            "{path} has a style in itself"
        );
        let scripts = html.matches("<script").count();
        let own = html
            .matches("<script type=\"module\" src=\"/dashboard/assets/app.js\"></script>")
            .count();
        assert_eq!(scripts, own, "{path} has a script in itself");
    }
}

/// A page in words that can stand in the name of a file.
pub fn file_name(template: &str) -> String {
    let words = template.trim_start_matches("/dashboard").trim_start_matches('/');
    let name = words.replace(['/', '?', '='], "-").replace(['{', '}'], "");
    match name.as_str() {
        "" => "home".to_owned(),
        name => name.trim_end_matches('-').to_owned(),
    }
}
