//! Lists, a page at a time: `?limit=` and `?cursor=` in, `items`, `total` and `next_cursor` out.

use std::collections::HashMap;
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::web::Query;
use schemars::JsonSchema;
use serde::Serialize;

use super::problem::Problem;
use crate::error::Error;
use crate::spec::FieldError;
use crate::view::words::Word;

pub(super) const DEFAULT_LIMIT: usize = 50;
pub(super) const MAX_LIMIT: usize = 500;

/// The query of a list.
pub(crate) struct ListQuery {
    /// Items wanted, 1 to 500.
    pub(crate) limit: usize,
    /// Where the page before ended.
    pub(crate) cursor: Option<String>,
    filters: HashMap<String, String>,
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Page<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// How many there are in all; `null` where it would need a scan.
    pub(crate) total: Option<u64>,
    /// The `cursor` of the next page; `null`: this is the last.
    pub(crate) next_cursor: Option<String>,
}

impl ListQuery {
    /// Reads the query; `filters` are the names of the filters that the list has.
    pub(crate) fn read(request: &HttpRequest, filters: &[&str]) -> Result<Self, Problem> {
        let query = Query::<HashMap<String, String>>::from_query(request.query_string());
        let mut query = query
            .map_err(|error| Problem::malformed(format!("the query: {error}")))?
            .into_inner();
        let mut problems = Vec::new();
        let limit = match query.remove("limit") {
            None => DEFAULT_LIMIT,
            Some(text) => match text.parse() {
                Ok(limit @ 1..=MAX_LIMIT) => limit,
                _ => {
                    let message = format!("`{text}` is not a whole number from 1 to {MAX_LIMIT}");
                    problems.push(FieldError {
                        field: "limit".to_owned(),
                        message,
                    });
                    DEFAULT_LIMIT
                }
            },
        };
        let cursor = query.remove("cursor");
        for name in query.keys().filter(|name| !filters.contains(&name.as_str())) {
            let known = [&["limit", "cursor"], filters].concat().join(", ");
            let message = format!("this list has no such filter; it has: {known}");
            problems.push(FieldError {
                field: name.clone(),
                message,
            });
        }
        if problems.is_empty() {
            Ok(Self {
                limit,
                cursor,
                filters: query,
            })
        } else {
            Err(Error::Invalid(problems).into())
        }
    }

    pub(crate) fn filter(&self, name: &str) -> Option<&str> {
        self.filters.get(name).map(String::as_str)
    }

    /// A filter whose value must be one of some words.
    pub(crate) fn word(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Error> {
        match self.filter(name) {
            Some(value) if !words.contains(&value) => Err(Error::field(
                name,
                format!("`{value}` is not one of: {}", words.join(", ")),
            )),
            value => Ok(value),
        }
    }

    /// A filter whose value must be a word of some kind.
    pub(crate) fn word_of<W: Word>(&self, name: &str) -> Result<Option<&str>, Error> {
        let words: Vec<&str> = W::ALL.iter().map(|value| value.word()).collect();
        self.word(name, &words)
    }

    pub(crate) fn cursor<T: FromStr>(&self) -> Result<Option<T>, Error> {
        let parse = |text: &String| {
            text.parse()
                .map_err(|_| Error::field("cursor", format!("`{text}` is not a cursor of this list")))
        };
        self.cursor.as_ref().map(parse).transpose()
    }

    /// The page of a list that is wholly in hand, in the order of its ids.
    pub(crate) fn page_of_all<S, I, T>(
        &self,
        mut all: Vec<S>,
        id: impl Fn(&S) -> I,
        view: impl Fn(S) -> T,
    ) -> Result<Page<T>, Error>
    where
        I: FromStr + ToString + PartialOrd,
    {
        let last = self.cursor::<I>()?;
        let total = all.len() as u64;
        all.retain(|item| last.as_ref().is_none_or(|last| id(item) > *last));
        Ok(self.page(all, Some(total), |item| id(item).to_string(), view))
    }

    /// The page of `found`, which holds one item more than the limit where there is a next page.
    pub(crate) fn page<S, T>(
        &self,
        found: Vec<S>,
        total: Option<u64>,
        cursor: impl Fn(&S) -> String,
        view: impl Fn(S) -> T,
    ) -> Page<T> {
        self.page_so_far(found, total, None, cursor, view)
    }

    /// The same, where looking ended at `looked_to` before the list did: the page may hold less than it could, and the
    /// next goes on from there.
    pub(crate) fn page_so_far<S, T>(
        &self,
        mut found: Vec<S>,
        total: Option<u64>,
        looked_to: Option<String>,
        cursor: impl Fn(&S) -> String,
        view: impl Fn(S) -> T,
    ) -> Page<T> {
        let has_more = found.len() > self.limit;
        found.truncate(self.limit);
        let next_cursor = found.last().filter(|_| has_more).map(cursor).or(looked_to);
        Page {
            items: found.into_iter().map(view).collect(),
            total,
            next_cursor,
        }
    }
}
