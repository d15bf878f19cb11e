//! The testbed itself: a real Chromium sees emulated readers through its own WebSerial and WebHID stack, where the
//! policy grants them, and their bytes and reports arrive whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

/// `cargo xtask test e2e` leaves out tests of this name, which need root; `cargo xtask e2e readers` runs them.
mod readers {
    use e2e::testbed::{Device, MAGTEK_MMS, MAGTEK_MMS_SERIAL, MAGTEK_V5, MIURA};
    use e2e::{Shop, Testbed, Till, empty_page, scenario, until};
    use reader::miura::{Answer, Command, Deframer, Message, Node, StatusWord, encode};
    use serde_json::{Value, json};
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread;
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(10);

    /// The ids of what the page is granted.
    const GRANTED: &str = "
        const ids = (vendor, product) => `${vendor.toString(16)}:${product.toString(16)}`;
        const ports = (await navigator.serial.getPorts()).map(port => port.getInfo());
        return [
            ports.map(port => ids(port.usbVendorId, port.usbProductId)).sort(),
            (await navigator.hid.getDevices()).map(device => ids(device.vendorId, device.productId)).sort(),
        ];";

    /// Begins to note plugging and unplugging.
    const LISTEN: &str = "
        window.noted = [];
        for (const kind of ['connect', 'disconnect']) {
            navigator.serial.addEventListener(kind, () => noted.push(`serial ${kind}`));
            navigator.hid.addEventListener(kind, () => noted.push(`hid ${kind}`));
        }";

    /// Writes bytes to the port of a product and reads until it has so many.
    const EXCHANGE: &str = "
        const [product, bytes, count] = arguments;
        const port = (await navigator.serial.getPorts()).find(port => port.getInfo().usbProductId === product);
        if (!port.readable) await port.open({ baudRate: 115200 });
        const writer = port.writable.getWriter(), reader = port.readable.getReader(), read = [];
        const written = writer.write(new Uint8Array(bytes));
        while (read.length < count) read.push(...(await reader.read()).value);
        await written;
        writer.releaseLock();
        reader.releaseLock();
        return read;";

    /// Opens the HID device of a product and keeps it, and every input report that it sends from here on.
    const OPEN: &str = "
        window.hid ??= {};
        const device = (await navigator.hid.getDevices()).find(device => device.productId === arguments[0]);
        await device.open();
        const inputs = [];
        device.addEventListener('inputreport', ({ reportId, data }) =>
            inputs.push([reportId, ...new Uint8Array(data.buffer)]));
        hid[arguments[0]] = { device, inputs };";

    async fn see(till: &Till, script: &str, expected: Value) {
        let mut seen = Value::Null;
        let found = until(LIMIT, async || {
            seen = till.evaluate(script, vec![]).await;
            (seen == expected).then_some(())
        });
        if found.await.is_none() {
            panic!("{seen} instead of {expected}");
        }
    }

    fn bytes(value: &Value) -> Vec<u8> {
        serde_json::from_value(value.clone()).unwrap()
    }

    /// Asks the Miura for its battery.
    async fn ask_battery(till: &Till) {
        let info = Command::Battery.encode();
        let frame = encode(&Message { node: Node::Pinpad, unsolicited: false, info });
        let answer =
            bytes(&till.evaluate(EXCHANGE, vec![json!(MIURA.product), json!(frame), json!(8)]).await);
        let mut frames = Deframer::default();
        frames.push(&answer);
        let message = frames.next_message().expect("a whole frame").unwrap();
        assert!(Answer::of(&message).unwrap().status == StatusWord::OK, "{answer:?}");
    }

    #[tokio::test]
    async fn a_page_that_is_granted_speaks_to_a_reader_on_a_serial_line() {
        let shop = Shop::with_readers("testbed-serial", &empty_page(), &[MIURA]).await;
        let (till, testbed) = (&shop.till, shop.testbed());
        see(till, GRANTED, json!([["2dda:10"], []])).await;
        ask_battery(till).await;
        for on in [true, false] {
            let signal = "const [port] = await navigator.serial.getPorts();
                await port.setSignals({ dataTerminalReady: arguments[0] });";
            till.evaluate(signal, vec![json!(on)]).await;
            assert_eq!(testbed.state("miura")["dtr"], on);
        }

        // What its reader did not send arrives as well, in its place.
        testbed.garbage("miura", &[0xFF, 0x00, 0x7F]);
        let rest = till.evaluate(EXCHANGE, vec![json!(MIURA.product), json!([]), json!(3)]).await;
        assert_eq!(rest, json!([0xFF, 0, 0x7F]));

        till.evaluate(LISTEN, vec![]).await;
        let pending = "
            const [port] = await navigator.serial.getPorts(), reader = port.readable.getReader();
            window.ended = null;
            reader.read().then(({ done }) => ended = `done ${done}`, error => ended = error.name);";
        till.evaluate(pending, vec![]).await;
        testbed.unplug("miura");
        see(till, "return window.noted", json!(["serial disconnect"])).await;
        see(till, GRANTED, json!([[], []])).await;
        see(till, "return window.ended", json!("NetworkError")).await;
        testbed.plug("miura");
        see(till, "return window.noted", json!(["serial disconnect", "serial connect"])).await;
        see(till, GRANTED, json!([["2dda:10"], []])).await;
        ask_battery(till).await;
    }

    #[tokio::test]
    async fn an_origin_outside_the_policy_sees_nothing() {
        let shop = Shop::with_readers("testbed-stranger", &empty_page(), &[MIURA]).await;
        see(&shop.till, GRANTED, json!([["2dda:10"], []])).await;
        // The same page of the same server, but another origin.
        let stranger = shop.proxy.address.replace("127.0.0.1", "localhost");
        assert_ne!(stranger, shop.proxy.address);
        shop.till.open(&stranger).await;
        assert_eq!(shop.till.evaluate(GRANTED, vec![]).await, json!([[], []]));
    }

    #[tokio::test]
    async fn the_customers_hand_reaches_the_reader_behind_the_port() {
        let shop = Shop::with_readers("testbed-hand", &empty_page(), &[MIURA]).await;
        let reader = shop.testbed().reader("miura");
        reader.tell("insert pin 1234");
        assert_eq!(reader.screen()["card"], "Visa, chip and PIN 1234");
        reader.tell("remove");
        assert_eq!(reader.screen()["card"], Value::Null);
    }

    /// Reports with ids: input 1 of 8 bytes, output 2 of 16, feature 3 of 4.
    const NUMBERED: Device = Device {
        name: "numbered",
        product: 0x0003,
        serial_number: "E2E0005",
        descriptor: "0600FF0901A101150026FF00750885019508090181028502951009019102850395040901B102C0",
        ..MAGTEK_V5
    };

    #[tokio::test]
    async fn of_two_ports_each_carries_its_own_bytes_whole() {
        let (origin, folder) = (serve(), scenario("testbed-two-ports"));
        let granted = json!([{ "vendor_id": MIURA.vendor }, { "vendor_id": MAGTEK_MMS_SERIAL.vendor }]);
        let policy = json!({ "SerialAllowUsbDevicesForUrls": [{ "devices": granted, "urls": [&origin] }] });
        let (one, other) = (mirror(), mirror());
        let plugs = [(MIURA, &*one), (MAGTEK_MMS_SERIAL, &*other)];
        let testbed = Testbed::carry(&folder, &policy.to_string(), &plugs).await;
        let till = Till::start(&folder, Some(&testbed), None).await;
        till.open(&origin).await;
        see(&till, GRANTED, json!([["2dda:10", "801:2023"], []])).await;
        // More than any buffer between page and reader holds.
        let sent: Vec<u8> =
            (0..60_000_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        for (device, _) in plugs {
            let exchanged = vec![json!(device.product), json!(sent), json!(sent.len())];
            assert!(bytes(&till.evaluate(EXCHANGE, exchanged).await) == sent, "{}", device.name);
        }
        testbed.unplug("miura");
        see(&till, GRANTED, json!([["801:2023"], []])).await;
        let exchanged = vec![json!(MAGTEK_MMS_SERIAL.product), json!([1, 2]), json!(2)];
        assert_eq!(till.evaluate(EXCHANGE, exchanged).await, json!([1, 2]));
    }

    /// A serial line that sends back what it gets.
    fn mirror() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for cable in listener.incoming() {
                let cable = cable.unwrap();
                let _ = std::io::copy(&mut &cable, &mut &cable);
            }
        });
        address
    }

    /// A device that answers an output report by the same as input, and a feature report by what was set, read backwards.
    fn echo() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for cable in listener.incoming() {
                // It ends when it is unplugged.
                let _ = answer(&mut cable.unwrap());
            }
        });
        address
    }

    fn answer(cable: &mut TcpStream) -> std::io::Result<()> {
        let mut feature = vec![];
        loop {
            let mut head = [0; 4];
            cable.read_exact(&mut head)?;
            let [kind, id, len @ ..] = head;
            let mut data = vec![0; u16::from_be_bytes(len).into()];
            cable.read_exact(&mut data)?;
            let record = |kind: u8, data: &[u8]| {
                [&[kind, id], &u16::try_from(data.len()).unwrap().to_be_bytes()[..], data].concat()
            };
            match kind {
                2 => cable.write_all(&record(1, &data))?,
                3 => feature = data.into_iter().rev().collect(),
                4 => cable.write_all(&record(5, &feature))?,
                _ => panic!("a record of kind {kind}"),
            }
        }
    }

    /// Serves an empty page and answers its origin.
    fn serve() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                // Chromium opens connections in advance and may drop them.
                let _ = connection.read(&mut [0; 4096]);
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
                let _ = write!(connection, "{head}content-length: 15\r\n\r\n<!doctype html>");
            }
        });
        origin
    }

    #[tokio::test]
    async fn reports_travel_whole_with_and_without_ids() {
        let (origin, folder) = (serve(), scenario("testbed-hid"));
        let products: Vec<_> = [MAGTEK_V5, MAGTEK_MMS, NUMBERED]
            .map(|device| json!({ "vendor_id": device.vendor, "product_id": device.product }))
            .into();
        let policy =
            json!({ "WebHidAllowDevicesForUrls": [{ "devices": products, "urls": [&origin] }] }).to_string();
        let (swipe, mms, numbered) = (echo(), echo(), echo());
        let plugs = [(MAGTEK_V5, &*swipe), (MAGTEK_MMS, &*mms), (NUMBERED, &*numbered)];
        let testbed = Testbed::carry(&folder, &policy, &plugs).await;
        let till = Till::start(&folder, Some(&testbed), None).await;
        till.open(&origin).await;
        see(&till, GRANTED, json!([[], ["801:11", "801:2020", "801:3"]])).await;
        for (device, _) in plugs {
            till.evaluate(OPEN, vec![json!(device.product)]).await;
        }

        // The longest that there is, unasked.
        let swiped: Vec<u8> = (0..887_u16).map(|at| at.to_be_bytes()[1]).collect();
        testbed.garbage_report("magtek-v5", 0, &swiped);
        let input = [&[0], &swiped[..]].concat();
        see(&till, "return hid[0x11].inputs", json!([input])).await;

        let output = "
            const [product, id, length] = arguments;
            await hid[product].device.sendReport(id, Uint8Array.from({ length }, (_, at) => at + 1));";
        till.evaluate(output, vec![json!(0x2020), json!(0), json!(64)]).await;
        see(&till, "return hid[0x2020].inputs", json!([(0..=64).collect::<Vec<u8>>()])).await;

        let feature = "
            const [product, id, sent] = arguments, { device } = hid[product];
            await device.sendFeatureReport(id, new Uint8Array(sent));
            const { buffer, byteOffset, byteLength } = await device.receiveFeatureReport(id);
            return [...new Uint8Array(buffer, byteOffset, byteLength)];";
        let ask = async |product: u16, id: u8, sent: &[u8]| {
            bytes(&till.evaluate(feature, vec![json!(product), json!(id), json!(sent)]).await)
        };
        let sent: Vec<u8> = (1..=60).collect();
        let backwards: Vec<u8> = sent.iter().rev().copied().collect();
        assert_eq!(ask(0x11, 0, &sent).await, backwards);
        // Chromium leaves the id in front where there is one.
        assert_eq!(ask(0x3, 3, &[1, 2, 3, 4]).await, [3, 4, 3, 2, 1]);

        till.evaluate(LISTEN, vec![]).await;
        testbed.unplug("magtek-v5");
        see(&till, "return window.noted", json!(["hid disconnect"])).await;
        see(&till, GRANTED, json!([[], ["801:2020", "801:3"]])).await;
        testbed.plug("magtek-v5");
        see(&till, "return window.noted", json!(["hid disconnect", "hid connect"])).await;
        till.evaluate(OPEN, vec![json!(0x11)]).await;
        assert_eq!(ask(0x11, 0, &sent).await, backwards);
    }
}
