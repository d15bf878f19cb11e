//! What can be asked of the program, one line each: see [`HELP`].

use reader_sim::{Card, Hand, Key, Screen, cards};

use crate::fault::Fault;

/// The lines, for whoever types them.
pub(crate) const HELP: &str = "\
Commands, each answered by a line that begins with ok or error:
  cards                                      names the cards, as a JSON list
  insert CARD | tap CARD | swipe CARD        presents a card, by its name or by a part that no other name has
  remove                                     takes the card out of the slot
  press 0-9 | press enter | clear | cancel   presses a key
  pin DIGITS                                 presses these keys, then enter
  fault NAME on | off | NUMBER               switches a fault
  screen                                     what the device shows, as JSON: rows, contactless, keypad, card
  wait contactless | keypad | text WORDS [MS]
                                             answers with the screen once it shows that; an error after so long";

/// How long `wait` waits if nobody says, milliseconds.
const LIMIT_MS: u64 = 10_000;

/// One line.
pub(crate) enum Command {
    Cards,
    Hands(Vec<Hand>),
    Fault(Fault),
    Screen,
    Wait { sight: Sight, limit_ms: u64 },
}

/// What a device may show.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    Contactless,
    Keypad,
    /// These words, in small letters.
    Text(String),
}

impl Sight {
    /// Whether the device shows it.
    pub(crate) fn is_on(&self, screen: &Screen) -> bool {
        match self {
            Self::Contactless => screen.contactless,
            Self::Keypad => screen.keypad,
            Self::Text(words) => screen.rows.join(" ").to_lowercase().contains(words),
        }
    }
}

impl Command {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let (verb, rest) = cut(line);
        match (verb, rest) {
            ("cards", "") => Ok(Self::Cards),
            ("screen", "") => Ok(Self::Screen),
            ("remove", "") => Ok(Self::Hands(vec![Hand::Remove])),
            ("insert", name) => Ok(Self::Hands(vec![Hand::Insert(card(name)?)])),
            ("tap", name) => Ok(Self::Hands(vec![Hand::Tap(card(name)?)])),
            ("swipe", name) => Ok(Self::Hands(vec![Hand::Swipe(card(name)?)])),
            ("press", "enter") => Ok(Self::Hands(vec![Hand::Press(Key::Enter)])),
            ("press", "clear") => Ok(Self::Hands(vec![Hand::Press(Key::Clear)])),
            ("press", "cancel") => Ok(Self::Hands(vec![Hand::Press(Key::Cancel)])),
            ("press", digit) if digit.len() == 1 => Ok(Self::Hands(digits(digit)?)),
            ("press", _) => Err("press a digit, enter, clear or cancel".to_owned()),
            ("pin", pin) => Ok(Self::Hands([digits(pin)?, vec![Hand::Press(Key::Enter)]].concat())),
            ("fault", fault) => {
                let (name, value) = cut(fault);
                Fault::parse(name, value).map(Self::Fault)
            }
            ("wait", what) => wait(what),
            _ => {
                Err("the lines are cards, insert, remove, tap, swipe, press, pin, fault, screen, wait"
                    .to_owned())
            }
        }
    }
}

/// The first word and the rest.
fn cut(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

/// The card of this name, or the only one with this in its name.
fn card(name: &str) -> Result<Card, String> {
    if let Some(card) = cards().iter().find(|card| card.name == name) {
        return Ok(*card);
    }
    let part = name.to_lowercase();
    let mut fitting = cards().iter().filter(|card| card.name.to_lowercase().contains(&part));
    match (fitting.next(), fitting.count()) {
        (Some(card), 0) => Ok(*card),
        (None, _) => Err(format!("no card is called {name}")),
        (Some(_), others) => Err(format!("{} cards are called {name}", others + 1)),
    }
}

fn digits(text: &str) -> Result<Vec<Hand>, String> {
    let key = |digit: char| {
        let digit = digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        digit.map(|digit| Hand::Press(Key::Digit(digit)))
    };
    let keys: Option<Vec<_>> = text.chars().map(key).collect();
    keys.filter(|keys| !keys.is_empty()).ok_or_else(|| "there are no such digits".to_owned())
}

fn wait(what: &str) -> Result<Command, String> {
    let (what, limit_ms) = match what.rsplit_once(char::is_whitespace) {
        Some((what, last)) => {
            last.parse().map_or((format!("{what} {last}"), LIMIT_MS), |ms| (what.to_owned(), ms))
        }
        None => (what.to_owned(), LIMIT_MS),
    };
    let sight = match cut(&what) {
        ("contactless", "") => Sight::Contactless,
        ("keypad", "") => Sight::Keypad,
        ("text", words) if !words.is_empty() => Sight::Text(words.to_lowercase()),
        _ => return Err("wait for contactless, keypad or text WORDS".to_owned()),
    };
    Ok(Command::Wait { sight, limit_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hands(line: &str) -> Vec<Hand> {
        let Ok(Command::Hands(hands)) = Command::parse(line) else { panic!("{line}") };
        hands
    }

    fn mistake(line: &str) -> String {
        Command::parse(line).err().unwrap_or_else(|| panic!("{line} is taken"))
    }

    #[test]
    fn a_card_has_its_name_or_a_part_of_its_own() {
        for card in cards() {
            assert!(hands(&format!("insert {}", card.name)) == [Hand::Insert(*card)]);
        }
        let phone = cards().iter().find(|card| card.name.contains("phone")).unwrap();
        assert!(hands("tap  PHONE ") == [Hand::Tap(*phone)]);
        assert!(hands("swipe stripe only").iter().all(|hand| matches!(hand, Hand::Swipe(_))));
        assert_eq!(mistake("tap gold"), "no card is called gold");
        assert_eq!(mistake("insert mastercard"), "3 cards are called mastercard");
    }

    #[test]
    fn keys_are_pressed_one_by_one() {
        assert!(hands("press 7") == [Hand::Press(Key::Digit(7))]);
        assert!(hands("press cancel") == [Hand::Press(Key::Cancel)]);
        assert!(hands("pin 12") == [Key::Digit(1), Key::Digit(2), Key::Enter].map(Hand::Press));
        for line in ["press", "press 12", "press x", "pin", "pin 12a4", "remove it", "", "dance"] {
            assert!(!mistake(line).is_empty());
        }
    }

    #[test]
    fn a_wait_ends_with_its_limit() {
        let wait = |line| match Command::parse(line) {
            Ok(Command::Wait { sight, limit_ms }) => (sight, limit_ms),
            _ => panic!("{line}"),
        };
        assert_eq!(wait("wait contactless"), (Sight::Contactless, LIMIT_MS));
        assert_eq!(wait("wait keypad 500"), (Sight::Keypad, 500));
        assert_eq!(wait("wait text Enter PIN"), (Sight::Text("enter pin".into()), LIMIT_MS));
        assert_eq!(wait("wait text Enter PIN 20"), (Sight::Text("enter pin".into()), 20));
        for line in ["wait", "wait text", "wait text 500", "wait keypad soon"] {
            assert!(mistake(line).starts_with("wait for"), "{line}");
        }
    }
}
