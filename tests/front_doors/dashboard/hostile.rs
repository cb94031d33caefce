//! What people typed or uploaded is text, wherever it is shown: a store full of what others would have run.

use std::cell::Cell;
use std::collections::BTreeSet;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::browser::Browser;
use super::furnished::Furnished;
use super::pages::PAGES;

/// What has been let in elsewhere: into elements, attributes, addresses, scripts, styles, templates and the eye.
const INJECTIONS: [&str; 16] = [
    "<script>window.__hit=1</script>",
    "\"><img src=x onerror=window.__hit=2>",
    "'><svg onload=window.__hit=3>",
    "javascript:window.__hit=4",
    "{{7*7}}${7*7}#{7*7}<%=7*7%>",
    "</textarea><script>window.__hit=5</script>",
    "--></style></title><script>window.__hit=6</script>",
    "\" onfocus=window.__hit=7 autofocus x=\"",
    "' onmouseover='window.__hit=8",
    "<iframe srcdoc=\"<script>parent.__hit=9</script>\">",
    "<a href=javascript:window.__hit=10>press</a>",
    "]]><details open ontoggle=window.__hit=11>",
    "\u{202e}gnp.exe\u{202c} \u{2066}x\u{2069}",
    "</option></select><form action=//evil.example><button>Go</button>",
    "&lt;b&gt; &amp;amp; &#60;script&#62;",
    "=HYPERLINK(\"https://evil.example\")",
];
/// Nothing that was brought in stands in the page as anything but text, and nothing of it has run.
const LOOK: &str = "
    const all = [...document.querySelectorAll('*')];
    const scripts = all.filter(({nodeName, src}) => nodeName.toLowerCase() === 'script'
        && src !== `${location.origin}/dashboard/assets/app.js`);
    const brought = all.filter((element) =>
        ['IFRAME', 'OBJECT', 'EMBED', 'STYLE', 'BASE'].includes(element.nodeName)
        || (element.nodeName === 'IMG' && element.getAttribute('src') === 'x')
        || [...element.attributes].some(({name, value}) => name.startsWith('on') || name === 'srcdoc' || name === 'style'
            || (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name)
                && (/^\\s*javascript:/i.test(value) || value.includes('evil.example')))));
    const values = [...document.querySelectorAll('input, textarea')].map(({value}) => value);
    return {
        hit: String(window.__hit),
        brought: [...scripts, ...brought].map(({outerHTML}) => outerHTML.slice(0, 200)),
        text: [document.body.textContent, document.title, ...values].join('\\n'),
    };";

#[derive(Debug, Deserialize)]
struct Look {
    hit: String,
    brought: Vec<String>,
    text: String,
}

/// A furnished service in which everything is called by the injections in turn.
async fn hostile() -> Furnished {
    let turn = Cell::new(0);
    Furnished::with(&|what| {
        turn.set(turn.get() + 1);
        // Most names must differ.
        format!(
            "{what} {} {}",
            INJECTIONS[turn.get() % INJECTIONS.len()],
            turn.get()
        )
    })
    .await
}

/// Fields of the API in which people's own words stand, and which its page must show.
async fn words(furnished: &Furnished, path: &str, pointers: &[&str]) -> Vec<String> {
    let (_, shown) = furnished.service.get(&furnished.address(path)).await;
    let word = |pointer: &&str| {
        let found = shown.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("no {pointer} in {shown}"))
            .to_owned()
    };
    pointers.iter().map(word).collect()
}

#[tokio::test]
async fn what_a_hostile_file_and_hostile_people_wrote_is_text_on_every_page() {
    let furnished = hostile().await;
    let Some(browser) = Browser::signed_in(&furnished.service).await else {
        return;
    };
    let contacts = furnished.service.contacts(furnished.id("done")).await;
    let names: Vec<String> = contacts.iter().map(|contact| text(&contact["name"])).collect();
    let mine = contacts
        .iter()
        .find(|contact| contact["id"] == furnished.id("contact"))
        .unwrap();
    let mut own = vec![text(&mine["name"])];
    for (column, value) in mine["custom_data"].as_object().unwrap() {
        own.extend([column.clone(), text(value)]);
    }
    let campaign = ["/name", "/description"];
    let must = [
        (
            "/dashboard/campaigns",
            words(&furnished, "/campaigns/{done}", &["/name"]).await,
        ),
        (
            "/dashboard/campaigns/{done}",
            words(&furnished, "/campaigns/{done}", &["/name"]).await,
        ),
        ("/dashboard/campaigns/{done}/contacts", names),
        ("/dashboard/campaigns/{done}/contacts/{contact}", own),
        (
            "/dashboard/campaigns/{done}/attempts/{attempt}",
            words(
                &furnished,
                "/attempts/{attempt}",
                &["/result_summary", "/disposition"],
            )
            .await,
        ),
        (
            "/dashboard/campaigns/{waiting}/configuration",
            words(&furnished, "/campaigns/{waiting}", &campaign).await,
        ),
        (
            "/dashboard/suppression-lists",
            words(&furnished, "/suppression-lists/{list}", &["/name"]).await,
        ),
        (
            "/dashboard/suppression-lists/{list}",
            [
                words(
                    &furnished,
                    "/suppression-lists/{list}",
                    &["/name", "/description"],
                )
                .await,
                words(
                    &furnished,
                    "/suppression-lists/{list}/entries",
                    &["/items/0/note"],
                )
                .await,
            ]
            .concat(),
        ),
        (
            "/dashboard/holiday-calendars",
            words(&furnished, "/holiday-calendars/{calendar}", &["/name"]).await,
        ),
        (
            "/dashboard/holiday-calendars/{calendar}",
            words(
                &furnished,
                "/holiday-calendars/{calendar}",
                &["/name", "/description", "/dates/0/name"],
            )
            .await,
        ),
        (
            "/dashboard/voice-profiles",
            words(&furnished, "/voice-profiles/{voice}", &["/name"]).await,
        ),
        (
            "/dashboard/voice-profiles/{voice}",
            words(
                &furnished,
                "/voice-profiles/{voice}",
                &["/name", "/description", "/agent_prompt", "/script/0/say"],
            )
            .await,
        ),
        (
            "/dashboard/lines",
            words(&furnished, "/lines/{line}", &["/name"]).await,
        ),
        (
            "/dashboard/lines/{line}",
            words(&furnished, "/lines/{line}", &["/name"]).await,
        ),
        (
            "/dashboard/access/members",
            words(&furnished, "/members/{member}", &["/name"]).await,
        ),
        (
            "/dashboard/access/keys",
            words(&furnished, "/api-keys/{key}", &["/name"]).await,
        ),
    ];
    let mut wrong = Vec::new();
    for page in PAGES {
        browser.visit(&furnished.address(page)).await;
        let look: Look = browser.js(LOOK, Vec::new()).await;
        if look.hit != "undefined" {
            wrong.push(format!("{page}: {} has run", look.hit));
        }
        wrong.extend(look.brought.iter().map(|brought| format!("{page} has {brought}")));
        wrong.extend(
            browser
                .mistakes()
                .await
                .iter()
                .filter(|said| !said.contains("404"))
                .map(|said| format!("{page}: {said}")),
        );
        let words = must
            .iter()
            .filter(|(of, _)| of == page)
            .flat_map(|(_, words)| words);
        for words in words.collect::<BTreeSet<_>>() {
            if !look.text.contains(words.as_str()) {
                wrong.push(format!("{page} does not show {words:?} as it is"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_told_of_a_hostile_campaign_in_place_is_text_too() {
    let furnished = Furnished::plainly().await;
    let service = &furnished.service;
    let Some(browser) = Browser::signed_in(service).await else {
        return;
    };
    let id = furnished.id("paused");
    for (turn, injection) in INJECTIONS.iter().enumerate() {
        let path = format!("/campaigns/{id}");
        let renamed = service
            .try_api(Method::PATCH, &path, Some(&json!({"name": injection})))
            .await
            .unwrap();
        assert!(renamed.0.is_success(), "{renamed:?}");
        browser.visit("/dashboard/campaigns?status=paused").await;
        browser.click(&format!("#resume-{id}")).await;
        let told = browser.find("#flash [role=status]").await;
        let told: String = browser
            .js("return arguments[0].textContent", vec![told.to_json().unwrap()])
            .await;
        assert!(told.contains(injection), "{turn}: {told}");
        let look: Look = browser.js(LOOK, Vec::new()).await;
        assert_eq!(
            (look.hit.as_str(), look.brought),
            ("undefined", Vec::new()),
            "{injection}"
        );
        service.command_to(id, "pause").await;
    }
    assert_eq!(browser.mistakes().await, [""; 0]);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
