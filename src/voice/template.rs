//! Which templates are allowed: those that can be rendered in little time and memory whatever they are filled
//! in with.
//!
//! Fuel bounds the steps of a rendering but not the size of what a step makes, and a text that is doubled
//! thirty times fills the memory in thirty steps. So nothing here can be made twice of itself: names are
//! bound by loops over the contact's own data alone, nothing is multiplied, no function is called, and filters
//! that make texts longer have a limit of their own.

use std::ops::Range;

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, ForLoop, Stmt};
use minijinja::machinery::{Span, WhitespaceConfig, parse};
use minijinja::syntax::SyntaxConfig;

use super::LONGEST_TEXT;
use super::filters::{FILTERS, TESTS};

/// How deep expressions and blocks may be nested: each depth takes a part of the thread's stack.
const DEEPEST: usize = 100;

/// Whether a text is a template that can be rendered.
///
/// # Errors
/// What is wrong with it: where, quoted, and what would be right.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        return Err(format!("must be at most {LONGEST_TEXT} characters, not {length}"));
    }
    let parsed = parse(text, "text", SyntaxConfig, WhitespaceConfig::default());
    let template = parsed.map_err(|error| explained(text, &error))?;
    statement(&template, 0).map_err(|bad| at(text, bad.from, bad.to, &bad.message))
}

/// What minijinja found, with the part of the template where it found it.
pub(super) fn explained(text: &str, error: &minijinja::Error) -> String {
    let kind = error.kind().to_string();
    let message = match error.detail() {
        Some(detail) if error.kind() == minijinja::ErrorKind::SyntaxError => detail.to_owned(),
        Some(detail) => format!("{kind}: {detail}"),
        None => kind,
    };
    placed(text, error.range(), &message)
}

/// A message with the place that it speaks of, where there is one.
pub(super) fn placed(text: &str, range: Option<Range<usize>>, message: &str) -> String {
    match range {
        Some(range) => at(text, range.start, range.end, message),
        None => message.to_owned(),
    }
}

/// `line 2, character 7: …`, with what stands there; the line where there are several.
fn at(text: &str, from: usize, to: usize, message: &str) -> String {
    let from = text.floor_char_boundary(from);
    let to = text.floor_char_boundary(to.max(from));
    let before = &text[..from];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let character = before[line_start..].chars().count() + 1;
    let line = before.matches('\n').count() + 1;
    let place = if text.contains('\n') {
        format!("line {line}, character {character}")
    } else {
        format!("character {character}")
    };
    let there = text[from..to].trim();
    let quoted: String = match there.char_indices().nth(40) {
        Some((cut, _)) => format!("{}…", &there[..cut]),
        None => there.to_owned(),
    };
    if quoted.is_empty() {
        format!("{message} (at {place})")
    } else {
        format!("{message} (at {place}: `{quoted}`)")
    }
}

/// What is not allowed, by the bytes where it stands.
struct Bad {
    from: usize,
    to: usize,
    message: String,
}

fn bad(span: Span, message: impl Into<String>) -> Bad {
    Bad {
        from: span.start_offset as usize,
        to: span.end_offset as usize,
        message: message.into(),
    }
}

fn statements(list: &[Stmt<'_>], depth: usize) -> Result<(), Bad> {
    list.iter().try_for_each(|one| statement(one, depth))
}

fn statement(one: &Stmt<'_>, depth: usize) -> Result<(), Bad> {
    let no = |tag: &str, span: Span| Err(bad(span, format!("`{tag}` cannot be used: only if and for can")));
    match one {
        Stmt::EmitRaw(_) => Ok(()),
        Stmt::Template(template) => statements(&template.children, depth),
        Stmt::EmitExpr(emitted) => expression(&emitted.expr, depth),
        Stmt::IfCond(choice) => {
            not_too_deep(depth, choice.span())?;
            expression(&choice.expr, depth)?;
            statements(&choice.true_body, depth + 1)?;
            statements(&choice.false_body, depth + 1)
        }
        Stmt::ForLoop(repeated) => {
            not_too_deep(depth, repeated.span())?;
            for_loop(repeated, depth)
        }
        Stmt::WithBlock(block) => no("with", block.span()),
        Stmt::Set(set) => no("set", set.span()),
        Stmt::SetBlock(block) => no("set", block.span()),
        Stmt::AutoEscape(block) => no("autoescape", block.span()),
        Stmt::FilterBlock(block) => no("filter", block.span()),
        Stmt::Do(call) => no("do", call.span()),
    }
}

fn for_loop(repeated: &ForLoop<'_>, depth: usize) -> Result<(), Bad> {
    if !is_data(&repeated.iter) || repeated.recursive {
        let message = "a loop goes over the contact's own data, such as `contact.items`";
        return Err(bad(repeated.iter.span(), message));
    }
    expression(&repeated.iter, depth)?;
    repeated
        .filter_expr
        .iter()
        .try_for_each(|filter| expression(filter, depth))?;
    statements(&repeated.body, depth + 1)?;
    statements(&repeated.else_body, depth + 1)
}

/// Whether an expression names a part of what is given, rather than making something of it.
fn is_data(expr: &Expr<'_>) -> bool {
    match expr {
        Expr::Var(_) => true,
        Expr::GetAttr(part) => is_data(&part.expr),
        Expr::GetItem(part) => is_data(&part.expr),
        Expr::Slice(part) => is_data(&part.expr),
        _ => false,
    }
}

fn expression(expr: &Expr<'_>, depth: usize) -> Result<(), Bad> {
    not_too_deep(depth, expr.span())?;
    let below = |inner: &Expr<'_>| expression(inner, depth + 1);
    let maybe_below = |inner: &Option<Expr<'_>>| inner.iter().try_for_each(below);
    match expr {
        Expr::Var(_) | Expr::Const(_) => Ok(()),
        Expr::GetAttr(part) => below(&part.expr),
        Expr::GetItem(part) => below(&part.expr).and_then(|()| below(&part.subscript_expr)),
        Expr::Slice(part) => {
            below(&part.expr)?;
            [&part.start, &part.stop, &part.step]
                .into_iter()
                .try_for_each(maybe_below)
        }
        Expr::UnaryOp(operation) => below(&operation.expr),
        Expr::BinOp(operation) if matches!(operation.op, BinOpKind::Mul | BinOpKind::Pow) => {
            Err(bad(expr.span(), "nothing can be multiplied"))
        }
        Expr::BinOp(operation) => below(&operation.left).and_then(|()| below(&operation.right)),
        Expr::Compare(comparison) => {
            below(&comparison.expr)?;
            comparison.ops.iter().try_for_each(|op| below(&op.expr))
        }
        Expr::IfExpr(choice) => {
            below(&choice.test_expr)?;
            below(&choice.true_expr)?;
            maybe_below(&choice.false_expr)
        }
        Expr::Filter(filter) => {
            if !FILTERS.contains(&filter.name) {
                return Err(bad(expr.span(), unknown("filter", filter.name, FILTERS)));
            }
            maybe_below(&filter.expr)?;
            arguments(&filter.args, depth)
        }
        Expr::Test(test) => {
            if !TESTS.contains(&test.name) {
                return Err(bad(expr.span(), unknown("test", test.name, TESTS)));
            }
            below(&test.expr)?;
            arguments(&test.args, depth)
        }
        Expr::Call(_) => Err(bad(expr.span(), "there are no functions to call")),
        Expr::List(list) => list.items.iter().try_for_each(below),
        Expr::Map(map) => map.keys.iter().chain(&map.values).try_for_each(below),
    }
}

fn arguments(given: &[CallArg<'_>], depth: usize) -> Result<(), Bad> {
    given.iter().try_for_each(|argument| match argument {
        CallArg::Pos(expr)
        | CallArg::Kwarg(_, expr)
        | CallArg::PosSplat(expr)
        | CallArg::KwargSplat(expr) => expression(expr, depth + 1),
    })
}

fn not_too_deep(depth: usize, span: Span) -> Result<(), Bad> {
    if depth > DEEPEST {
        return Err(bad(span, format!("is nested more than {DEEPEST} deep")));
    }
    Ok(())
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    format!("there is no {what} `{name}`: there are {}", known.join(", "))
}

#[cfg(test)]
mod tests;
