//! Lists, a page at a time: a link to the next page, and one back to the first.

use maud::{Markup, html};
use url::form_urlencoded::Serializer;

use super::numbers::counted;

/// A query string of these names and values, without those that are empty.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let text = given.fold(Serializer::new(String::new()), |mut query, (name, value)| {
        query.append_pair(name, value);
        query
    });
    let mut text = text;
    match text.finish() {
        query if query.is_empty() => query,
        query => format!("?{query}"),
    }
}

/// Where a list goes on. `filters` are kept from page to page.
pub(super) fn pager(
    path: &str,
    filters: &[(&str, &str)],
    cursor: Option<&str>,
    next: Option<&str>,
) -> Markup {
    let at = |cursor: &str| {
        let all = [filters, &[("cursor", cursor)]].concat();
        format!("{path}{}", query(&all))
    };
    html! {
        @if cursor.is_some() || next.is_some() {
            nav.pager aria-label="Pages" {
                @if cursor.is_some() { a.button.quiet href=(at("")) { "First page" } }
                @if let Some(next) = next { a.button.quiet href=(at(next)) rel="next" { "Next page" } }
            }
        }
    }
}

/// How many there are, where that is known.
pub(super) fn total(total: Option<u64>, one: &str, several: &str) -> Markup {
    html! { @if let Some(total) = total { p.total { (counted(total, one, several)) } } }
}
