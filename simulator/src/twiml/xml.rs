//! Reads the XML of a document into a tree: elements, attributes and text, and nothing else of XML.
//!
//! Strict where TwiML could be wrong: tags must match, attributes be quoted and unique, references known, characters
//! be ones that XML can carry, and the declaration be the very first thing. Comments and processing instructions are
//! passed over; a DOCTYPE is refused. Errors name the line.

/// Deeper nesting is refused.
const MAX_DEPTH: usize = 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

/// The root element of a document.
pub(super) fn parse(text: &str) -> Result<Element, String> {
    let mut reader = Reader {
        whole: text,
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
    };
    if let Some(character) = text.chars().find(|character| !is_character(*character)) {
        return Err(format!("the character {character:?} cannot stand in xml"));
    }
    if reader.eat("<?xml") {
        reader.until("?>")?;
    }
    reader.between_elements()?;
    let root = reader.element(0)?;
    reader.between_elements()?;
    if reader.rest.is_empty() {
        return Ok(root);
    }
    reader.fail("nothing may follow the root element")
}

struct Reader<'t> {
    whole: &'t str,
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn fail<T>(&self, what: &str) -> Result<T, String> {
        let read = &self.whole[..self.whole.len() - self.rest.len()];
        let line = read.matches('\n').count() + 1;
        Err(format!("line {line}: {what}"))
    }

    fn eat(&mut self, expected: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(expected) else {
            return false;
        };
        self.rest = rest;
        true
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        if self.eat(expected) {
            return Ok(());
        }
        self.fail(&format!("'{expected}' is missing"))
    }

    /// What stands before `end`; both are passed over.
    fn until(&mut self, end: &str) -> Result<&'t str, String> {
        let Some((before, rest)) = self.rest.split_once(end) else {
            return self.fail(&format!("'{end}' is missing"));
        };
        self.rest = rest;
        Ok(before)
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let skipped = rest.len() < self.rest.len();
        self.rest = rest;
        skipped
    }

    fn between_elements(&mut self) -> Result<(), String> {
        loop {
            self.skip_space();
            if !self.comment()? {
                return Ok(());
            }
        }
    }

    /// Passes over one comment or processing instruction; `false` where there is none.
    fn comment(&mut self) -> Result<bool, String> {
        if self.rest.starts_with("<?xml ") {
            return self.fail("the xml declaration must stand at the very beginning");
        }
        let end = if self.eat("<!--") {
            "-->"
        } else if self.eat("<?") {
            "?>"
        } else {
            return Ok(false);
        };
        self.until(end)?;
        Ok(true)
    }

    fn name(&mut self) -> Result<String, String> {
        let belongs = |character: char| character.is_alphanumeric() || "_-.:".contains(character);
        let end = self
            .rest
            .find(|character| !belongs(character))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            return self.fail("a name is missing");
        }
        self.rest = rest;
        Ok(name.to_owned())
    }

    fn element(&mut self, depth: usize) -> Result<Element, String> {
        if depth > MAX_DEPTH {
            return self.fail("nested too deep");
        }
        self.expect("<")?;
        let mut element = Element {
            name: self.name()?,
            attributes: Vec::new(),
            children: Vec::new(),
        };
        loop {
            let spaced = self.skip_space();
            if self.eat("/>") {
                return Ok(element);
            }
            if self.eat(">") {
                break;
            }
            if !spaced {
                return self.fail(&format!("<{}> is not well-formed", element.name));
            }
            let (name, value) = self.attribute()?;
            if element.attributes.iter().any(|(known, _)| *known == name) {
                return self.fail(&format!("<{}> has {name} twice", element.name));
            }
            element.attributes.push((name, value));
        }
        self.content(&mut element, depth)?;
        Ok(element)
    }

    fn attribute(&mut self) -> Result<(String, String), String> {
        let name = self.name()?;
        self.skip_space();
        self.expect("=")?;
        self.skip_space();
        let quote = if self.eat("'") { "'" } else { "\"" };
        if quote == "\"" {
            self.expect(quote)?;
        }
        let raw = self.until(quote)?;
        if raw.contains('<') {
            return self.fail(&format!("'<' in the attribute {name}"));
        }
        Ok((name, self.decoded(raw)?))
    }

    /// Everything up to the end tag, and the end tag.
    fn content(&mut self, element: &mut Element, depth: usize) -> Result<(), String> {
        loop {
            if self.rest.is_empty() {
                return self.fail(&format!("<{}> is not closed", element.name));
            }
            if self.eat("</") {
                let name = self.name()?;
                if name != element.name {
                    return self.fail(&format!("</{name}> closes <{}>", element.name));
                }
                self.skip_space();
                return self.expect(">");
            }
            if self.eat("<![CDATA[") {
                let text = self.until("]]>")?.to_owned();
                element.children.push(Node::Text(text));
            } else if self.rest.starts_with('<') {
                if !self.comment()? {
                    let child = self.element(depth + 1)?;
                    element.children.push(Node::Element(child));
                }
            } else {
                let (raw, rest) = self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
                let text = self.decoded(raw)?;
                self.rest = rest;
                element.children.push(Node::Text(text));
            }
        }
    }

    /// The text with its references replaced.
    fn decoded(&self, raw: &str) -> Result<String, String> {
        let mut parts = raw.split('&');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let known = part
                .split_once(';')
                .and_then(|(name, rest)| Some((referred(name)?, rest)));
            let Some((character, rest)) = known else {
                return self.fail("'&' begins no known reference; write &amp;");
            };
            text.push(character);
            text.push_str(rest);
        }
        Ok(text)
    }
}

fn referred(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| is_character(*character))
        }
    }
}

const fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::{Element, Node, parse};

    #[test]
    fn a_tree_keeps_names_attributes_and_text() {
        let text = "\u{feff}<?xml version=\"1.0\"?>\n<!-- a --><a b = '1 &quot;' c=\"&#x263A;&#38;\">x &lt;<b/><![CDATA[<&>]]></a >\n";
        let root = parse(text).unwrap();
        assert_eq!(root.name, "a");
        let attributes =
            [("b", "1 \""), ("c", "☺&")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(root.attributes, attributes);
        let empty = Element {
            name: "b".to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
        };
        assert_eq!(
            root.children,
            [
                Node::Text("x <".to_owned()),
                Node::Element(empty),
                Node::Text("<&>".to_owned())
            ]
        );
    }

    #[test]
    fn what_is_not_well_formed_is_refused_with_its_line() {
        let deep = "<a>".repeat(50);
        let cases = [
            ("", "line 1: '<' is missing"),
            ("hello", "line 1: '<' is missing"),
            ("<a>\n<b></a>", "line 2: </a> closes <b>"),
            ("<a>", "line 1: <a> is not closed"),
            ("<a></a><b/>", "line 1: nothing may follow the root element"),
            (
                "<a>tea & cake</a>",
                "line 1: '&' begins no known reference; write &amp;",
            ),
            ("<a b='1' b='2'/>", "line 1: <a> has b twice"),
            ("<a b=1/>", "line 1: '\"' is missing"),
            ("<a b='1'c='2'/>", "line 1: <a> is not well-formed"),
            (
                "\n<?xml version='1.0'?><a/>",
                "line 2: the xml declaration must stand at the very beginning",
            ),
            ("<!DOCTYPE a><a/>", "line 1: a name is missing"),
            (
                "<a>&#0;</a>",
                "line 1: '&' begins no known reference; write &amp;",
            ),
            ("<a>\u{1}</a>", "the character '\\u{1}' cannot stand in xml"),
            (deep.as_str(), "line 1: nested too deep"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_err(), expected, "{text}");
        }
    }
}
