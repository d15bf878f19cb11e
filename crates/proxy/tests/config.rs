//! The settings file: mistakes are named, secrets are not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use payment::role::Role;
use proxy::config::Config;
use support::KEY;

const TOKEN: &str = "correct-horse-battery-staple";

fn load(change: impl FnOnce(String) -> String, env: &[(&str, &str)]) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    support::config(dir.path(), |text| text);
    let path = dir.path().join("proxy.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, change(text)).unwrap();
    Config::load(&path, |name| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        .map_err(|error| format!("{error} {error:?}"))
}

const ENV: &[(&str, &str)] = &[("MPOS_CONTROL_KEY", KEY), ("MPOS_TILL_TOKEN", TOKEN)];

#[test]
fn names_the_setting_that_is_wrong() {
    let cases = [
        ("http://127.0.0.1:1/paynet", "http://gate.example/paynet", "gateway.url"),
        ("http://127.0.0.1:1/paynet", "ftp://127.0.0.1/paynet", "gateway.url"),
        ("http://127.0.0.1:1/paynet", "http://127.0.0.1.example/paynet", "gateway.url"),
        ("currency = 'EUR'", "currency = 'XXX'", "line 15"),
        ("limit_minor = 500000", "limit_minor = 0", "gateway.limit_minor"),
        ("endpoint = '1111'", "endpoint = '../1'", "gateway.endpoint"),
        ("listen = '127.0.0.1:0'", "listen = '0.0.0.0:0'", "listen"),
        ("name = 'T'", "nmae = 'T'", "nmae"),
        ("name = 'M'", "name = 'M'\nlanguage = 'tlh'", "line 10: a language is one of en, ru, de, es, ar"),
        ("name = 'M'", "name = 'M'\nfooter = 'F'\nfotter = 'F'", "fotter"),
        ("[till]", "[close_day]\ntime_zone = 'Moon/Tycho'\n[till]", "not a time zone"),
        ("[till]", "[close_day]\nat = '24:00'\n[till]", "a time of day as"),
        ("listen = '127.0.0.1:0'", "origins = ['https://till.example/']", "an origin is written as"),
        ("listen = '127.0.0.1:0'", "origins = ['https://*.example']", "an origin is written as"),
    ];
    let more = [
        ("[operators]\npin_digits = 3\n", "a PIN has 4 to 12 digits"),
        ("[operators]\nmanager_pin_digits = 13\n", "a PIN has 4 to 12 digits"),
        ("[operators]\nidle_s = 5\n", "operators.idle_s"),
        ("[rights]\noperators = 'supervisor'\n", "only a manager"),
        ("[rights]\nrefnud = 'cashier'\n", "Right"),
        ("[rights]\nrefund = 'owner'\n", "Role"),
    ];
    for (section, named) in more {
        let error = load(|text| text + section, ENV).unwrap_err();
        assert!(error.contains(named), "{section}: {error}");
    }
    assert!(load(|text| text + "[rights]\nrefund = 'cashier'\n", ENV).is_ok());
    for (from, to, named) in cases {
        let error = load(|text| text.replace(from, to), ENV).unwrap_err();
        assert!(error.contains(named), "{to}: {error}");
    }
    let more = [
        (
            "[[gateway.endpoints]]\nendpoint = '2222'\ncurrency = 'EUR'\nlimit_minor = 1",
            "two endpoints take EUR",
        ),
        ("[[gateway.endpoints]]\nendpoint = '2/2'\ncurrency = 'USD'\nlimit_minor = 1", "gateway.endpoint"),
        (
            "[[gateway.endpoints]]\nendpoint = '2222'\ncurrency = 'USD'\nlimit_minor = 0",
            "gateway.limit_minor",
        ),
        ("[limits]\ncashier = { USD = 100 }", "no endpoint takes USD"),
        ("[limits]\ntill = { EUR = 0 }", "limits"),
        ("[limits]\nboss = { EUR = 1 }", "boss"),
        ("[till.keying]\npresets = [{ minor = 500, currency = 'USD' }]", "no endpoint takes USD"),
        ("[till.keying]\npresets = [{ minor = 0, currency = 'EUR' }]", "a preset is no amount"),
        ("[till.keying]\ntips = [60]", "tips must be"),
        ("[till.keying]\nsum = true", "sum"),
    ];
    for (settings, named) in more {
        let error = load(|text| format!("{text}{settings}\n"), ENV).unwrap_err();
        assert!(error.contains(named), "{settings}: {error}");
    }
    assert!(load(|text| text, &[]).unwrap_err().contains("gateway.control_key_file"));
    assert!(load(|text| text, ENV).is_ok());
}

#[test]
fn beyond_loopback_needs_token_tls_and_origins() {
    let open = |more: &'static str| {
        move |text: String| {
            format!("{more}\n{}", text.replace("listen = '127.0.0.1:0'", "listen = '0.0.0.0:0'"))
        }
    };
    let all = "trusted_proxy = true\norigins = ['https://till.example']";
    assert!(load(open(all), ENV).is_ok());
    assert!(load(open(all), &ENV[..1]).unwrap_err().contains("till_token_file"));
    assert!(load(open("origins = ['https://till.example']"), ENV).unwrap_err().contains("trusted_proxy"));
    assert!(load(open("trusted_proxy = true"), ENV).unwrap_err().contains("origins"));
}

#[test]
fn secrets_are_never_printed() {
    let config = load(|text| text, ENV).unwrap();
    let printed = format!("{config:?}");
    assert!(printed.contains("[redacted]") && !printed.contains(KEY) && !printed.contains(TOKEN));
    let misplaced = load(|text| format!("{text}control_key = '{KEY}'\n"), ENV).unwrap_err();
    assert!(misplaced.contains("control_key") && !misplaced.contains(KEY), "{misplaced}");
    let unclosed = load(|text| format!("control_key = '{KEY}\n{text}"), ENV).unwrap_err();
    assert!(!unclosed.contains(KEY), "{unclosed}");
    let spaced = load(|text| text, &[("MPOS_CONTROL_KEY", "two words")]).unwrap_err();
    assert!(!spaced.contains("two words"));
}

#[test]
fn the_least_of_all_limits_holds() {
    let settings = "[[gateway.endpoints]]\nendpoint = '2222'\ncurrency = 'USD'\nlimit_minor = 90000\n\
                    [limits]\ntill = { EUR = 300000 }\ncashier = { EUR = 50000, USD = 100000 }\nmanager = { EUR = 400000 }\n";
    let limits = load(|text| text + settings, ENV).unwrap().limits;
    let most = |role| limits.most(role).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(most(None), ["3000.00 EUR", "900.00 USD"]);
    assert_eq!(most(Some(Role::Cashier)), ["500.00 EUR", "900.00 USD"]);
    assert_eq!(most(Some(Role::Supervisor)), ["3000.00 EUR", "900.00 USD"]);
    assert_eq!(most(Some(Role::Manager)), ["3000.00 EUR", "900.00 USD"]);
}

#[test]
fn the_example_is_good() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/mpos-proxy.example.toml");
    let text = std::fs::read_to_string(example).unwrap();
    let config = load(|_| text.replace("control_key_file", "# control_key_file"), ENV).unwrap();
    assert_eq!(config.settings.gateway.dialect.base_url, "https://sandbox.payneteasy.com/paynet");
}
