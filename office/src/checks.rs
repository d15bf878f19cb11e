//! What a sale needs, in the order in which it is looked at: whether it works, and who does what where it does not.

use language::say;
use mpos_terminal::browser;
use mpos_terminal::words::Shape;
use payment::api::{GatewayHealth, Health, Reached};

/// Clocks that differ by more are wrong, in milliseconds: the gateway refuses signatures that are much older.
const CLOCK_MS: i64 = 60_000;

/// What was found out so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The browser has a way to readers.
    pub(crate) reaches_readers: bool,
    /// What the till said last of its reader: the moment, the state, and so on, a line each.
    pub(crate) reader_said: Option<String>,
    /// How many readers this page may use; `None` until the browser has said so.
    pub(crate) granted: Option<usize>,
    /// The browser is on a network.
    pub(crate) is_online: bool,
    /// This page's version.
    pub(crate) version: String,
    /// What the proxy said; `None` until it has, or has not.
    pub(crate) server: Option<Server>,
}

/// What the proxy said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Server {
    /// How it is, and how many milliseconds this device's clock is ahead of its.
    Answered(Health, i64),
    /// It refused to say so, in its words.
    Refused(String),
    /// Nothing.
    Away,
}

/// What is known of one thing that a sale needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Being found out.
    Checking,
    /// It works.
    Works,
    /// It does not.
    Wrong,
    /// It cannot be found out now.
    NotKnown,
}

impl Standing {
    /// In a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Checking => say::checking(),
            Self::Works => say::works(),
            Self::Wrong => say::wrong(),
            Self::NotKnown => say::not_checked(),
        }
    }

    /// As a shape; while it is being found out a ring turns.
    pub(crate) fn shape(self) -> Option<Shape> {
        match self {
            Self::Checking => None,
            Self::Works => Some(Shape::Approved),
            Self::Wrong => Some(Shape::Error),
            Self::NotKnown => Some(Shape::NotKnown),
        }
    }
}

/// One thing that a sale needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) standing: Standing,
    /// What is so, and who does what about it.
    pub(crate) words: String,
}

impl Check {
    /// As one line of text.
    pub(crate) fn line(&self) -> String {
        format!("{}: {}. {}", self.name, self.standing.word(), self.words)
    }
}

/// A standing and its words.
type Said = (Standing, String);

fn works(words: impl Into<String>) -> Said {
    (Standing::Works, words.into())
}

fn wrong(words: impl Into<String>) -> Said {
    (Standing::Wrong, words.into())
}

/// What cannot be looked at before something above works.
fn after_above() -> Said {
    (Standing::NotKnown, say::after_above().to_owned())
}

impl Findings {
    /// All of it, what has to be put right first before what cannot work without it.
    pub(crate) fn checks(&self) -> Vec<Check> {
        let all = [
            (say::reader(), self.reader()),
            (say::permission(), self.permission()),
            (say::network(), self.network()),
            (say::by_server(), self.server()),
            (say::storage(), self.of_health(storage)),
            (say::gateway(), self.of_health(|health, _| gateway(&health.gateway))),
            (say::clock(), self.of_health(clock)),
        ];
        all.into_iter().map(|(name, (standing, words))| Check { name, standing, words }).collect()
    }

    fn reader(&self) -> Said {
        if !self.reaches_readers {
            return wrong(say::reader_unsupported_help());
        }
        let mut lines = self.reader_said.iter().flat_map(|said| said.lines());
        works(match (lines.next(), lines.next()) {
            (Some(time), Some(state)) => say::reader_said(time, state),
            _ => say::reader_reached().to_owned(),
        })
    }

    fn permission(&self) -> Said {
        match self.granted {
            _ if !self.reaches_readers => after_above(),
            None => (Standing::Checking, String::new()),
            Some(0) => wrong(say::permission_none()),
            Some(count) => works(say::permission_given(&count.to_string())),
        }
    }

    fn network(&self) -> Said {
        if self.is_online { works(say::network_there()) } else { wrong(say::network_none()) }
    }

    fn server(&self) -> Said {
        // Behind the plus the page's version says what its files hash to.
        let page = self.version.split('+').next().unwrap_or_default();
        match &self.server {
            None => (Standing::Checking, String::new()),
            Some(Server::Away) => wrong(say::server_away()),
            Some(Server::Refused(words)) => wrong(words.as_str()),
            Some(Server::Answered(health, _)) if health.version == page => {
                works(say::server_answers(&health.version))
            }
            Some(Server::Answered(health, _)) => wrong(say::server_differs(&health.version, page)),
        }
    }

    fn of_health(&self, look: fn(&Health, i64) -> Said) -> Said {
        match &self.server {
            None => (Standing::Checking, String::new()),
            Some(Server::Answered(health, ahead_ms)) => look(health, *ahead_ms),
            Some(Server::Away | Server::Refused(_)) => after_above(),
        }
    }
}

fn storage(health: &Health, _: i64) -> Said {
    if health.store_writes { works(say::storage_works()) } else { wrong(say::storage_wrong()) }
}

fn gateway(known: &GatewayHealth) -> Said {
    let last = known.answered_at.map(|at| say::answered_last(&browser::hh_mm_ss(at)));
    let (standing, words) = match known.ended {
        None => (Standing::NotKnown, say::gateway_not_called()),
        Some(Reached::Reachable) => (Standing::Works, say::gateway_connects()),
        Some(Reached::Refused) => (Standing::Wrong, say::gateway_refused()),
        Some(Reached::Silent) => (Standing::Wrong, say::gateway_silent()),
        Some(Reached::Unreachable) => (Standing::Wrong, say::gateway_unreachable()),
    };
    let words = [Some(words.to_owned()), last].into_iter().flatten().collect::<Vec<_>>();
    (standing, words.join(" "))
}

fn clock(health: &Health, device_ms: i64) -> Said {
    let server_ms = i64::from(health.gateway.clock_ahead_s.unwrap_or_default()) * 1000;
    let sides = [
        (device_ms, say::device_ahead as fn(&str) -> String, say::device_behind as fn(&str) -> String),
        (server_ms, say::server_ahead, say::server_behind),
    ];
    let mut words = Vec::new();
    for (ms, ahead, behind) in sides.into_iter().filter(|(ms, ..)| ms.abs() > CLOCK_MS) {
        let seconds = ms.unsigned_abs() / 1000;
        let time = say::minutes_and_seconds(&(seconds / 60).to_string(), &(seconds % 60).to_string());
        words.push(if ms > 0 { ahead(&time) } else { behind(&time) });
    }
    match health.gateway.clock_ahead_s {
        _ if !words.is_empty() => wrong(words.join(" ")),
        Some(_) => works(say::clocks_agree()),
        None => works(say::device_agrees()),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn findings(server: Option<Server>) -> Findings {
        Findings {
            reaches_readers: true,
            reader_said: None,
            granted: Some(1),
            is_online: true,
            version: "0.1.0+3fa9c2d".to_owned(),
            server,
        }
    }

    fn health() -> Health {
        let gateway = GatewayHealth { ended: Some(Reached::Reachable), ..GatewayHealth::default() };
        Health { version: "0.1.0".to_owned(), now: 0, store_writes: true, gateway }
    }

    fn answered(health: Health, ahead_ms: i64) -> Findings {
        findings(Some(Server::Answered(health, ahead_ms)))
    }

    /// The names of what stands so.
    fn named(findings: &Findings, standing: Standing) -> Vec<&'static str> {
        findings.checks().iter().filter(|check| check.standing == standing).map(|check| check.name).collect()
    }

    const ALL: [&str; 7] = ["Reader", "Permission", "Network", "Server", "Storage", "Gateway", "Clock"];

    #[test]
    fn all_is_well_where_everything_works() {
        assert_eq!(named(&answered(health(), 0), Standing::Works), ALL);
    }

    #[test]
    fn nothing_is_called_wrong_before_it_was_looked_at() {
        let begun = Findings { granted: None, ..findings(None) };
        assert_eq!(named(&begun, Standing::Wrong), [""; 0]);
        assert_eq!(
            named(&begun, Standing::Checking),
            ["Permission", "Server", "Storage", "Gateway", "Clock"]
        );
    }

    #[test]
    fn what_hangs_on_something_wrong_is_not_known() {
        let away = findings(Some(Server::Away));
        assert_eq!(named(&away, Standing::Wrong), ["Server"]);
        assert_eq!(named(&away, Standing::NotKnown), ["Storage", "Gateway", "Clock"]);
        let old = Findings { reaches_readers: false, granted: None, ..answered(health(), 0) };
        assert_eq!(named(&old, Standing::Wrong), ["Reader"]);
        assert_eq!(named(&old, Standing::NotKnown), ["Permission"]);
    }

    #[test]
    fn each_line_is_wrong_by_itself() {
        let of = |change: fn(&mut Health)| {
            let mut health = health();
            change(&mut health);
            answered(health, 0)
        };
        let cases = [
            (Findings { granted: Some(0), ..answered(health(), 0) }, "Permission"),
            (Findings { is_online: false, ..answered(health(), 0) }, "Network"),
            (Findings { version: "0.2.0+3fa9c2d".to_owned(), ..answered(health(), 0) }, "Server"),
            (findings(Some(Server::Refused("Wait.".to_owned()))), "Server"),
            (of(|health| health.store_writes = false), "Storage"),
            (of(|health| health.gateway.ended = Some(Reached::Refused)), "Gateway"),
            (of(|health| health.gateway.ended = Some(Reached::Silent)), "Gateway"),
            (of(|health| health.gateway.ended = Some(Reached::Unreachable)), "Gateway"),
            (of(|health| health.gateway.clock_ahead_s = Some(-61)), "Clock"),
            (answered(health(), 60_001), "Clock"),
        ];
        for (findings, name) in cases {
            assert_eq!(named(&findings, Standing::Wrong), [name], "{findings:?}");
        }
        let not_called = of(|health| health.gateway.ended = None);
        assert_eq!(named(&not_called, Standing::NotKnown), ["Gateway"]);
    }

    #[test]
    fn a_minute_between_two_clocks_is_still_right() {
        let clock = |device_ms: i64, server_s: i32| {
            let mut health = health();
            health.gateway.clock_ahead_s = Some(server_s);
            answered(health, device_ms).checks().pop().unwrap()
        };
        assert_eq!(clock(60_000, -60).standing, Standing::Works);
        assert_eq!(
            clock(-125_900, 0).words,
            "This device is 2 min 5 s behind the server. Manager: set this device's clock."
        );
        let both = clock(3_600_000, 90).words;
        assert!(both.contains("60 min 0 s ahead of the server"), "{both}");
        assert!(both.contains("1 min 30 s ahead of the gateway"), "{both}");
    }

    #[test]
    fn the_reader_line_says_what_the_till_said() {
        let said = Some("21 Dec 2015, 12:14:15\nState: Reader unplugged\nVersion: 1".to_owned());
        let findings = Findings { reader_said: said, ..answered(health(), 0) };
        assert_eq!(
            findings.checks().remove(0).line(),
            "Reader: Works. The till said last (21 Dec 2015, 12:14:15): State: Reader unplugged"
        );
    }
}
