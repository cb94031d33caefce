//! Text as XML, whatever it holds.

/// `<name>text</name>`.
pub(super) fn push_element(xml: &mut String, name: &str, text: &str) {
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
    push_text(xml, text);
    xml.push_str("</");
    xml.push_str(name);
    xml.push('>');
}

/// ` name="value"`.
pub(super) fn push_attribute(xml: &mut String, name: &str, value: &str) {
    xml.push(' ');
    xml.push_str(name);
    xml.push_str("=\"");
    for character in value.chars() {
        match character {
            // Raw ones would be read as blanks (XML 1.0, §3.3.3).
            '\t' => xml.push_str("&#9;"),
            '\n' => xml.push_str("&#10;"),
            _ => push_character(xml, character),
        }
    }
    xml.push('"');
}

/// Text between tags. Characters that XML 1.0 cannot carry are left out (§2.2).
pub(super) fn push_text(xml: &mut String, text: &str) {
    for character in text.chars() {
        push_character(xml, character);
    }
}

fn push_character(xml: &mut String, character: char) {
    match character {
        '&' => xml.push_str("&amp;"),
        '<' => xml.push_str("&lt;"),
        '>' => xml.push_str("&gt;"),
        '"' => xml.push_str("&quot;"),
        '\'' => xml.push_str("&apos;"),
        // A raw carriage return would be read as a line feed (XML 1.0, §2.11).
        '\r' => xml.push_str("&#13;"),
        '\t' | '\n' => xml.push(character),
        '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
        _ => xml.push(character),
    }
}
