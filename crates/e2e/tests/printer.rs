//! A receipt on an ESC/POS printer, emulated behind a serial line in a real Chromium.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

/// As the readers' tests: they need root, and the machine for themselves.
mod readers {
    use e2e::testbed::Device;
    use e2e::{Shop, until};
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(20);
    const PHONE: &str = "Visa on a phone, tap only";
    /// An Epson on USB, as it says who it is.
    const PRINTER: Device = Device {
        name: "printer",
        family: "escpos",
        vendor: 0x04B8,
        product: 0x0202,
        serial_number: "E2E0009",
        descriptor: "",
    };

    /// A printer: what it was sent, and whether it has paper.
    #[derive(Clone, Default)]
    struct Printer {
        paper: Arc<Mutex<Vec<u8>>>,
        is_empty: Arc<AtomicBool>,
    }

    impl Printer {
        /// Switched on, at this `HOST:PORT`.
        fn start(&self) -> String {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let printer = self.clone();
            thread::spawn(move || {
                for cable in listener.incoming() {
                    let mut cable = cable.unwrap();
                    let mut bytes = [0; 4096];
                    while let Ok(count @ 1..) = cable.read(&mut bytes) {
                        for answer in printer.take(&bytes[..count]) {
                            let _ = cable.write_all(&[answer]);
                        }
                    }
                }
            });
            address
        }

        /// Prints, and answers to DLE EOT n.
        fn take(&self, bytes: &[u8]) -> Vec<u8> {
            let mut paper = self.paper.lock().unwrap();
            paper.extend_from_slice(bytes);
            let mut answers = vec![];
            while let Some(at) = paper.windows(3).position(|part| part[..2] == [0x10, 0x04]) {
                let no_paper = paper[at + 2] == 4 && self.is_empty.load(SeqCst);
                answers.push(if no_paper { 0x72 } else { 0x12 });
                paper.drain(at..at + 3);
            }
            answers
        }

        fn has(&self, text: &str) -> bool {
            self.paper.lock().unwrap().windows(text.len()).any(|part| part == text.as_bytes())
        }
    }

    #[tokio::test]
    async fn a_receipt_is_printed_on_the_receipt_printer_and_its_faults_are_named() {
        let printer = Printer::default();
        let address = printer.start();
        let shop = Shop::with_plugs("printer", &[(PRINTER, &address)]).await;
        shop.till.sign_in_manager().await;
        let till = &shop.till;
        till.pay(2000).await;
        till.present("Tap", PHONE).await;
        till.see(&["Approved"]).await;
        till.press("Remove card").await;
        till.follow("Receipt").await;
        till.see(&["CUSTOMER COPY"]).await;
        till.press("Print on the receipt printer").await;
        till.see(&["Printed."]).await;
        for line in [
            "\x1b@",
            "CORNER SHOP",
            "CUSTOMER COPY",
            "AMOUNT",
            "20.00 EUR",
            "APPROVED",
            "Not a fiscal receipt.",
            "\x1dV",
        ] {
            assert!(printer.has(line), "{line:?} is not on the paper");
        }
        assert!(!printer.has("DUPLICATE"));

        printer.paper.lock().unwrap().clear();
        printer.is_empty.store(true, SeqCst);
        till.press("Print on the receipt printer").await;
        till.see(&["Receipt not printed: no paper. The payment is not affected."]).await;
        assert!(
            printer.paper.lock().unwrap().is_empty(),
            "nothing is printed without paper, and nothing counted"
        );

        printer.is_empty.store(false, SeqCst);
        till.press("Print on the receipt printer").await;
        till.see(&["Printed."]).await;
        let whole = until(LIMIT, async || printer.has("*** DUPLICATE 1, ").then_some(()));
        assert!(whole.await.is_some(), "the second one is a duplicate");

        shop.testbed().take("printer");
        till.press("Print on the receipt printer").await;
        till.see(&["the printer is not found or in use. The payment is not affected."]).await;
        shop.testbed().free("printer");
        till.press("Print on the receipt printer").await;
        till.see(&["Printed."]).await;
        assert_eq!(till.console().await, Vec::<String>::new());
    }
}
