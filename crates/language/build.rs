//! Checks the texts of all languages against the English ones, and makes a function of each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The languages by their codes (ISO 639-1), the one that the others are held against first.
const LANGUAGES: [&str; 5] = ["en", "ru", "de", "es", "ar"];
/// Who shows the texts. What the till and the office both show has the numbers from 0 on in both.
const PARTS: [&str; 5] = ["shared", "till", "office", "receipt", "proxy"];
/// What stands for the first value in a text. Values are numbered by control characters, which no text has.
const FIRST_VALUE: u8 = 1;
/// Before the newline, which ends a text.
const MOST_VALUES: usize = 8;

type Texts = BTreeMap<String, String>;

fn main() -> Result<(), String> {
    let folder = Path::new("texts");
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?);
    let mut english = Vec::new();
    let mut files = String::from("const FILES: &[[&str; 4]] = &[\n");
    for language in LANGUAGES {
        let parts = PARTS.map(|part| read(&folder.join(language).join(part).with_extension("toml")));
        let parts: Vec<Texts> = parts.into_iter().collect::<Result<_, _>>()?;
        if english.is_empty() {
            english.clone_from(&parts);
        }
        for ((part, texts), wanted) in PARTS.iter().zip(&parts).zip(&english) {
            check(wanted, texts).map_err(|what| format!("texts/{language}/{part}.toml {what}"))?;
        }
        writeln!(files, "{:?},", files_of(language == "ar", &parts, &english)).map_err(|e| e.to_string())?;
    }
    files.push_str("];\n");
    write(&out.join("files.rs"), &files)?;
    let [shared, till, office, receipt, proxy] = english.as_slice() else { return Err("parts".to_owned()) };
    let mut say = functions("", "", shared, 0);
    say += &functions("", "", till, shared.len());
    say += &functions("", "", office, shared.len() + till.len());
    write(&out.join("say.rs"), &say)?;
    let methods = |texts| functions("&self", "self.", texts, 0);
    write(&out.join("receipt.rs"), &format!("impl Receipt {{\n{}}}\n", methods(receipt)))?;
    write(&out.join("proxy.rs"), &format!("impl Proxy {{\n{}}}\n", methods(proxy)))
}

fn read(path: &Path) -> Result<Texts, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Every text of the English ones is there with the same values, and no other.
fn check(wanted: &Texts, texts: &Texts) -> Result<(), String> {
    for (key, english) in wanted {
        let text = texts.get(key).ok_or_else(|| format!("has no text {key}"))?;
        if text.trim() != text || text.is_empty() || text.chars().any(char::is_control) {
            return Err(format!("has in {key} nothing, a line's end, or spaces at an end"));
        }
        let (mut has, mut needs) = (values(text)?, values(english)?);
        has.sort_unstable();
        needs.sort_unstable();
        if has != needs {
            return Err(format!("has in {key} the values {has:?} instead of {needs:?}"));
        }
    }
    match texts.keys().find(|key| !wanted.contains_key(*key)) {
        Some(key) => Err(format!("has a text {key} that English has not")),
        None => Ok(()),
    }
}

/// The names in braces, each once, in the order of the text.
fn values(text: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    for part in text.split('{').skip(1) {
        let (name, _) = part.split_once('}').ok_or_else(|| format!("has an open brace in {text:?}"))?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() > MOST_VALUES { Err(format!("has too many values in {text:?}")) } else { Ok(names) }
}

/// What the till, the office, a receipt and the proxy read: a line a text, a control character a value.
fn files_of(right_to_left: bool, parts: &[Texts], english: &[Texts]) -> [String; 4] {
    let lines = |part: usize| -> Vec<String> {
        let (Some(texts), Some(english)) = (parts.get(part), english.get(part)) else { return vec![] };
        let line = |(key, text): (&String, &String)| {
            let names = english.get(key).and_then(|english| values(english).ok()).unwrap_or_default();
            numbered(text, &names, right_to_left)
        };
        texts.iter().map(line).collect()
    };
    let (shared, till, office) = (lines(0), lines(1), lines(2));
    // The till's numbers are nobody's in the office.
    let gap = vec![String::new(); till.len()];
    let office = [shared.clone(), gap, office].concat();
    [[shared, till].concat(), office, lines(3), lines(4)].map(|lines| lines.join("\n"))
}

/// The text with numbers for its values. In a text that runs from right to left each value keeps to itself: amounts, cards and
/// codes run from left to right.
fn numbered(text: &str, names: &[&str], right_to_left: bool) -> String {
    let mut text = text.to_owned();
    for (number, name) in (FIRST_VALUE..).zip(names) {
        let value = char::from(number);
        let value = if right_to_left { format!("\u{2068}{value}\u{2069}") } else { value.to_string() };
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    text
}

/// A function a text, numbered from `first` on.
fn functions(receiver: &str, owner: &str, texts: &Texts, first: usize) -> String {
    let mut code = String::new();
    for (number, (key, text)) in (first..).zip(texts) {
        let names = values(text).unwrap_or_default();
        let comma = if receiver.is_empty() || names.is_empty() { "" } else { ", " };
        let parameters: Vec<_> = names.iter().map(|name| format!("{name}: &str")).collect();
        let (parameters, values) = (parameters.join(", "), names.join(", "));
        let (answer, body) = if names.is_empty() {
            ("&'static str", format!("{owner}text({number})"))
        } else {
            ("String", format!("fill({owner}text({number}), &[{values}])"))
        };
        code += &format!(
            "#[doc = {text:?}]\n#[must_use]\npub fn {key}({receiver}{comma}{parameters}) -> {answer} {{ {body} }}\n"
        );
    }
    code
}
