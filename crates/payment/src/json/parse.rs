use super::Value;

/// Deeper than anything that is said between page and proxy.
const DEEPEST: u8 = 32;

/// Reads a JSON text (RFC 8259) whose numbers are integers of 64 bits; `None` when it is not one.
///
/// It is ours because of what it does not have: floats, their table of powers, and errors with places were a twentieth of
/// what the page downloads. `serde_json` is what it is tested against.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    let mut parser = Parser { rest: text };
    let value = parser.value(0)?;
    parser.skip_space();
    parser.rest.is_empty().then_some(value)
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Takes this if it comes next.
    fn take(&mut self, what: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(what)?;
        Some(())
    }

    /// Takes this, behind space, if it comes next.
    fn takes(&mut self, what: &str) -> bool {
        self.skip_space();
        self.take(what).is_some()
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        self.skip_space();
        match self.rest.as_bytes().first()? {
            b'"' => self.string().map(Value::String),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'n' => self.take("null").map(|()| Value::Null),
            b't' => self.take("true").map(|()| Value::Bool(true)),
            b'f' => self.take("false").map(|()| Value::Bool(false)),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: u8) -> Option<Value> {
        let depth = deeper(depth)?;
        self.take("{")?;
        let mut fields = Vec::new();
        if self.takes("}") {
            return Some(Value::Object(fields));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            if !self.takes(":") {
                return None;
            }
            fields.push((name, self.value(depth)?));
            if self.takes("}") {
                return Some(Value::Object(fields));
            }
            self.take(",")?;
        }
    }

    fn array(&mut self, depth: u8) -> Option<Value> {
        let depth = deeper(depth)?;
        self.take("[")?;
        let mut elements = Vec::new();
        if self.takes("]") {
            return Some(Value::Array(elements));
        }
        loop {
            elements.push(self.value(depth)?);
            if self.takes("]") {
                return Some(Value::Array(elements));
            }
            self.take(",")?;
        }
    }

    fn number(&mut self) -> Option<Value> {
        let end = self.rest.find(|letter: char| !matches!(letter, '0'..='9' | '-'));
        let (number, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        let is_number = digits == "0" || digits.starts_with(|first| matches!(first, '1'..='9'));
        if !is_number || rest.starts_with(['.', 'e', 'E']) {
            return None;
        }
        self.rest = rest;
        number.parse().ok().map(Value::Number)
    }

    fn string(&mut self) -> Option<String> {
        self.take("\"")?;
        let mut text = String::new();
        loop {
            let end = self.rest.find(|letter: char| matches!(letter, '"' | '\\' | '\0'..='\u{1f}'))?;
            let (plain, rest) = self.rest.split_at_checked(end)?;
            text.push_str(plain);
            self.rest = rest;
            if self.take("\"").is_some() {
                return Some(text);
            }
            self.take("\\")?;
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next()?;
        self.rest = letters.as_str();
        Some(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                let mut units = vec![first];
                // The first of two that make one character together.
                if matches!(first, 0xD800..0xDC00) {
                    self.take("\\u")?;
                    units.push(self.unit()?);
                }
                let text = String::from_utf16(&units).ok()?;
                text.chars().next().filter(|letter| letter.len_utf8() == text.len())?
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    }
}

fn deeper(depth: u8) -> Option<u8> {
    (depth < DEEPEST).then_some(depth + 1)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::parse;
    use crate::json::Value;
    use proptest::prelude::*;

    /// Texts of JSON, and some that are nearly.
    fn any_text() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|is| is.to_string()),
            any::<i64>().prop_map(|number| number.to_string()),
            any::<String>().prop_map(|text| serde_json::json!(text).to_string()),
            "[-+0-9.eE]{1,6}",
            r#""[a\\u0-9dD8cC"]{0,14}""#,
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4);
            let field = (any::<String>(), inner).prop_map(|(n, v)| format!("{}: {v}", serde_json::json!(n)));
            let fields = prop::collection::vec(field, 0..4);
            prop_oneof![
                list.prop_map(|all| format!("[ {}\n]", all.join(" ,"))),
                fields.prop_map(|all| format!("{{{}}}", all.join(",\t"))),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_what_serde_json_reads(text in any_text()) {
            prop_assert_eq!(parse(&text), serde_json::from_str::<Value>(&text).ok(), "{}", text);
        }

        #[test]
        fn no_text_is_too_strange(text in ".{0,40}") {
            prop_assert_eq!(parse(&text), serde_json::from_str::<Value>(&text).ok(), "{}", text);
        }
    }

    #[test]
    fn there_are_no_floats_and_no_depths() {
        for text in [
            "1.0",
            "1e2",
            "-",
            "01",
            "-01",
            "9223372036854775808",
            "[1,]",
            "{\"a\":1,}",
            "\"\u{1}\"",
            "",
            "[",
            "nul",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("-9223372036854775808"), Some(Value::Number(i64::MIN)));
        assert_eq!(parse(&("[".repeat(33) + &"]".repeat(33))), None);
        assert!(parse(&("[".repeat(32) + &"]".repeat(32))).is_some());
    }

    #[test]
    fn pairs_of_units_are_one_character() {
        assert_eq!(parse(r#""\ud83d\ude00\u00e9\/""#), Some(Value::String("\u{1f600}\u{e9}/".to_owned())));
        for text in [r#""\ud83d""#, r#""\ud83d\u0041""#, r#""\ude00""#, r#""\u+041""#, r#""\x""#] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
