//! What support sees of the link: names and lengths, never contents.

use reader::miura::{Message, Node, encode};
use reader::{Driver, Trace};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::driver::{CLOCK, Hear, connected, e4, frame, reading_chip};

fn traces(driver: &mut impl Driver) -> Vec<Trace> {
    std::iter::from_fn(|| driver.poll_trace()).collect()
}

const fn to(name: &'static str, len: usize) -> Trace {
    Trace { from_reader: false, name, len }
}

const fn from(name: &'static str, len: usize) -> Trace {
    Trace { from_reader: true, name, len }
}

#[test]
fn each_message_has_its_protocol_name_and_length() {
    let mut driver = connected();
    let connecting = traces(&mut driver);
    let names: Vec<_> =
        connecting.iter().filter(|trace| !trace.from_reader).map(|trace| trace.name).collect();
    assert_eq!(names, ["RESET_DEVICE", "GET_CONFIGURATION", "P2PE_STATUS", "BATTERY_STATUS", "SYSTEM_CLOCK"]);
    assert_eq!(connecting[0], to("RESET_DEVICE", frame("RESET").len()));
    assert_eq!(connecting[3], from("answer", frame("OK").len()));
    assert_eq!(connecting.last(), Some(&from("answer", frame("OK").len())));

    let mut driver = reading_chip();
    traces(&mut driver);
    for name in ["E6PIN", "KEYC", "INS"] {
        driver.hear(300, &frame(name));
    }
    let told = traces(&mut driver);
    assert_eq!(
        told[..2],
        [from("DEVICE report", frame("E6PIN").len()), from("KEY report", frame("KEYC").len())]
    );
    assert_eq!(told[2], from("CARD report", frame("INS").len()));
    driver.hear(400, &e4());
    assert_eq!(traces(&mut driver)[0], from("answer", e4().len()), "both frames of the chain");
}

#[test]
fn the_point_of_sale_interface_has_names_of_its_own() {
    let mut driver = connected();
    traces(&mut driver);
    let report = Message { node: Node::PosInterface, unsolicited: true, info: vec![0x90, 0x00].into() };
    driver.hear(50, &encode(&report));
    driver.hear(50, &frame("RESETR"));
    let told = traces(&mut driver);
    assert_eq!(told, [from("POS interface report", 6), from("POS interface answer", frame("RESETR").len())]);
}

#[test]
fn they_survive_a_reconnect_and_are_bounded() {
    let mut driver = connected();
    for now in 50..1_000 {
        driver.hear(now, &frame("E6PIN"));
    }
    driver.connect(1_000, CLOCK);
    driver.handle_timeout(1_030);
    let told = traces(&mut driver);
    assert_eq!(told.len(), 64);
    assert_eq!(told[62..], [from("DEVICE report", frame("E6PIN").len()), to("RESET_DEVICE", 8)]);
}
