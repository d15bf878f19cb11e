//! A kiosk's files: exact, for exact origins, with the drivers' own ids.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use proxy::guard::Origin;
use proxy::kiosk::{Browser, Group, Platform, Policy, udev_rules};
use reader::{FAMILIES, Family, HidFilter, SerialFilter};
use serde_json::Value;
use std::process::{Command, Output};

static SERIAL: Family = Family {
    name: "serial",
    title: "Serial",
    encrypted_type: None,
    serial: &[
        SerialFilter::Usb { vendor: 0x2DDA, product: None },
        SerialFilter::BluetoothSpp,
        SerialFilter::Usb { vendor: 0x0525, product: Some(0xA4A7) },
    ],
    hid: &[],
    problem: |_| None,
    driver: |link, setup| (FAMILIES[0].driver)(link, setup),
};

static HID: Family =
    Family { name: "hid", serial: &[], hid: &[HidFilter { vendor: 0x0801, product: 0x0011 }], ..SERIAL };

fn origin(text: &str) -> Origin {
    Origin::try_from(text.to_owned()).unwrap()
}

fn file(families: &[&Family], platform: Platform, browser: Browser) -> String {
    Policy::new(browser, vec![origin("https://till.example")], families).file(platform).unwrap()
}

#[test]
fn linux_and_chrome_os_take_json() {
    let expected = r#"{
  "SerialAllowUsbDevicesForUrls": [
    {
      "devices": [
        {
          "vendor_id": 11738
        },
        {
          "product_id": 42151,
          "vendor_id": 1317
        }
      ],
      "urls": [
        "https://till.example"
      ]
    }
  ],
  "WebHidAllowDevicesForUrls": [
    {
      "devices": [
        {
          "product_id": 17,
          "vendor_id": 2049
        }
      ],
      "urls": [
        "https://till.example"
      ]
    }
  ]
}
"#;
    for platform in [Platform::Linux, Platform::ChromeOs] {
        assert_eq!(file(&[&SERIAL, &HID, &HID], platform, Browser::Chrome), expected);
    }
    let hid_only: Value = serde_json::from_str(&file(&[&HID], Platform::Linux, Browser::Edge)).unwrap();
    assert_eq!(hid_only.as_object().unwrap().keys().collect::<Vec<_>>(), ["WebHidAllowDevicesForUrls"]);
}

#[test]
fn windows_takes_a_file_for_the_registry() {
    let expected = concat!(
        "Windows Registry Editor Version 5.00\r\n\r\n",
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Google\\Chrome]\r\n",
        r#""SerialAllowUsbDevicesForUrls"="[{\"devices\":[{\"vendor_id\":11738},{\"product_id\":42151,"#,
        r#"\"vendor_id\":1317}],\"urls\":[\"https://till.example\"]}]""#,
        "\r\n",
        r#""WebHidAllowDevicesForUrls"="[{\"devices\":[{\"product_id\":17,\"vendor_id\":2049}],"#,
        r#"\"urls\":[\"https://till.example\"]}]""#,
        "\r\n",
    );
    assert_eq!(file(&[&SERIAL, &HID], Platform::Windows, Browser::Chrome), expected);
    for (browser, key) in [(Browser::Edge, r"\Microsoft\Edge]"), (Browser::Chromium, r"\Policies\Chromium]")]
    {
        assert!(file(&[&HID], Platform::Windows, browser).contains(key));
    }
}

#[test]
fn a_lockdown_leaves_the_page_and_its_readers() {
    let locked = |browser| {
        let origins = vec![origin("https://till.example"), origin("https://office.example")];
        Policy::new(browser, origins, &[&HID]).lock_down()
    };
    let policy: Value =
        serde_json::from_str(&locked(Browser::Chromium).file(Platform::Linux).unwrap()).unwrap();
    let ours = serde_json::json!(["https://till.example", "https://office.example"]);
    assert_eq!(policy["URLBlocklist"], serde_json::json!(["*", "chrome://*", "chrome-extension://*"]));
    assert_eq!(policy["URLAllowlist"], ours);
    assert_eq!(policy["AutoplayAllowlist"], ours);
    assert_eq!(policy["NewTabPageLocation"], "https://till.example");
    assert_eq!(policy["DeveloperToolsAvailability"], 2);
    assert_eq!(policy["IncognitoModeAvailability"], 1);
    assert_eq!(policy["WebHidAllowDevicesForUrls"][0]["urls"], ours);

    let registry = locked(Browser::Edge).file(Platform::Windows).unwrap();
    for line in [
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Edge]\r\n\"AllowFileSelectionDialogs\"=dword:00000000\r\n",
        "\"DownloadRestrictions\"=dword:00000003\r\n",
        "\"HomepageLocation\"=\"https://till.example\"\r\n",
        "\"InPrivateModeAvailability\"=dword:00000001\r\n",
        "\"SyncDisabled\"=dword:00000001\r\n",
        "\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Edge\\URLBlocklist]\r\n\"1\"=\"*\"\r\n\"2\"=\"edge://*\"\r\n",
    ] {
        assert!(registry.contains(line), "{line} is not in {registry}");
    }
    for chromes in ["IncognitoMode", "BookmarkBar", "AddPerson", "chrome://"] {
        assert!(!registry.contains(chromes), "{chromes}");
    }
}

#[test]
fn udev_gives_the_nodes_to_a_group() {
    let group = "till".parse().unwrap();
    let expected = concat!(
        r#"SUBSYSTEM=="tty", ATTRS{idVendor}=="2dda", GROUP="till", MODE="0660", ENV{ID_MM_PORT_IGNORE}="1""#,
        "\n",
        r#"SUBSYSTEM=="tty", ATTRS{idVendor}=="0525", ATTRS{idProduct}=="a4a7", GROUP="till", MODE="0660", "#,
        r#"ENV{ID_MM_PORT_IGNORE}="1""#,
        "\n",
        r#"SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0801", ATTRS{idProduct}=="0011", GROUP="till", MODE="0660""#,
        "\n",
    );
    assert_eq!(udev_rules(&[&SERIAL, &HID], &group), expected);
    for wrong in ["", "two words", "x\"", "a,b"] {
        assert!(wrong.parse::<Group>().is_err(), "{wrong}");
    }
}

#[test]
fn every_family_is_granted_by_the_ids_that_its_driver_looks_for() {
    for family in FAMILIES {
        let policy: Value = serde_json::from_str(&file(&[family], Platform::Linux, Browser::Chrome)).unwrap();
        let granted = |name: &str| {
            let devices = policy[name][0]["devices"].as_array().cloned().unwrap_or_default();
            let ids = |device: &Value| (device["vendor_id"].as_u64(), device["product_id"].as_u64());
            devices.iter().map(ids).collect::<Vec<_>>()
        };
        let serial = family.serial.iter().filter_map(|filter| match *filter {
            SerialFilter::Usb { vendor, product } => Some((Some(vendor.into()), product.map(u64::from))),
            SerialFilter::BluetoothSpp => None,
        });
        assert_eq!(granted("SerialAllowUsbDevicesForUrls"), serial.collect::<Vec<_>>(), "{}", family.name);
        let hid = family.hid.iter().map(|filter| (Some(filter.vendor.into()), Some(filter.product.into())));
        assert_eq!(granted("WebHidAllowDevicesForUrls"), hid.collect::<Vec<_>>(), "{}", family.name);
        let names = policy.as_object().unwrap().keys();
        assert!(names.len() > 0 && names.clone().all(|name| name.contains("DevicesForUrls")), "{policy}");
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mpos-proxy")).args(arguments).output().unwrap()
}

#[test]
fn the_program_prints_the_file_and_says_where_it_goes() {
    let arguments = ["kiosk-policy", "--family", "miura", "--origin", "http://localhost:8080"];
    let output =
        run(&[&arguments[..], &["--origin", "https://till.example", "--browser", "chromium"]].concat());
    assert!(output.status.success());
    let policy: Value = serde_json::from_slice(&output.stdout).unwrap();
    let grant = &policy["SerialAllowUsbDevicesForUrls"][0];
    assert_eq!(grant["urls"], serde_json::json!(["http://localhost:8080", "https://till.example"]));
    assert_eq!(grant["devices"][0], serde_json::json!({ "vendor_id": 0x2DDA }));
    let advice = String::from_utf8(output.stderr).unwrap();
    assert_eq!(advice, "save it as /etc/chromium/policies/managed/mpos-terminal.json\n");

    let rules = run(&["kiosk-policy", "--udev", "till"]);
    assert!(rules.status.success() && rules.stdout.starts_with(b"SUBSYSTEM=="), "{rules:?}");
}

#[test]
fn what_is_no_origin_family_or_group_is_refused() {
    let refused = |arguments: &[&str], words: &str| {
        let output = run(&[&["kiosk-policy"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?} is taken");
        assert!(said.contains(words), "{said}");
    };
    for wrong in
        ["https://till.example/", "https://*.example", "till.example", "*", "https://till.example:443"]
    {
        refused(&["--origin", wrong], "an origin is written as https://");
    }
    refused(&[], "--origin");
    refused(&["--origin", "https://till.example", "--family", "nobody"], "the families are miura");
    refused(&["--udev", "two words"], "a group's name is");
    refused(&["--udev", "till", "--origin", "https://till.example"], "cannot be used with");
    refused(&["--udev", "till", "--lockdown"], "cannot be used with");
}

#[test]
fn serving_still_wants_its_settings() {
    let said = |arguments: &[&str]| String::from_utf8(run(arguments).stderr).unwrap();
    assert!(said(&["--config", "/nowhere/proxy.toml"]).contains("cannot read /nowhere/proxy.toml"));
    for arguments in [&[][..], &["--check-config"]] {
        assert!(said(arguments).contains("--config"), "{}", said(arguments));
    }
}
