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

    /// GS v 0: a picture.
    const PICTURE: [u8; 4] = [0x1D, b'v', b'0', 0];
    /// What a whole receipt ends with: GS V, a cut.
    const CUT: &[u8] = b"\x1dVA\0";
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
            while let Some(at) = question(&paper) {
                let no_paper = paper[at + 2] == 4 && self.is_empty.load(SeqCst);
                answers.push(if no_paper { 0x72 } else { 0x12 });
                paper.drain(at..at + 3);
            }
            answers
        }

        fn has(&self, text: impl AsRef<[u8]>) -> bool {
            let text = text.as_ref();
            self.paper.lock().unwrap().windows(text.len()).any(|part| part == text)
        }

        /// Takes the receipt out once it is cut.
        async fn cut(&self) -> Vec<u8> {
            let whole = until(LIMIT, async || self.paper.lock().unwrap().ends_with(CUT).then_some(())).await;
            assert!(whole.is_some(), "nothing was cut");
            std::mem::take(&mut *self.paper.lock().unwrap())
        }
    }

    /// Where DLE EOT n is, which is none in a picture.
    fn question(paper: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            match paper.get(at..)? {
                [0x10, 0x04, _, ..] => return Some(at),
                rest => at += picture(rest).map_or(1, |(width, height)| 8 + width * height),
            }
            if at >= paper.len() {
                return None;
            }
        }
    }

    /// Of the picture that begins here: bytes to a row, and rows.
    fn picture(bytes: &[u8]) -> Option<(usize, usize)> {
        let [a, b, c, d] = *bytes.strip_prefix(&PICTURE)?.first_chunk()?;
        Some((u16::from_le_bytes([a, b]).into(), u16::from_le_bytes([c, d]).into()))
    }

    /// The rows of all pictures on the paper, one below the other, and what else is on it.
    fn rows(mut paper: &[u8]) -> (Vec<&[u8]>, Vec<u8>) {
        let (mut rows, mut rest) = (vec![], vec![]);
        while let [byte, after @ ..] = paper {
            match picture(paper) {
                Some((width, height)) => {
                    let (dots, after) = paper[8..].split_at(width * height);
                    rows.extend(dots.chunks(width));
                    paper = after;
                }
                None => {
                    rest.push(*byte);
                    paper = after;
                }
            }
        }
        (rows, rest)
    }

    /// A shop with this printer, at the receipt of an approved tap.
    async fn receipt(scenario: &str, printer: &Printer) -> Shop {
        let address = printer.start();
        let shop = Shop::with_plugs(scenario, &[(PRINTER, &address)]).await;
        let till = &shop.till;
        till.sign_in_manager().await;
        till.pay(2000).await;
        till.present("Tap", PHONE).await;
        till.see(&["Approved"]).await;
        till.press("Remove card").await;
        till.follow("Receipt").await;
        till.see(&["CUSTOMER COPY"]).await;
        shop
    }

    #[tokio::test]
    async fn a_receipt_is_printed_on_the_receipt_printer_and_its_faults_are_named() {
        let printer = Printer::default();
        let shop = receipt("printer", &printer).await;
        let till = &shop.till;
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

    #[tokio::test]
    async fn a_receipt_is_german_on_a_till_that_speaks_english() {
        let printer = Printer::default();
        let shop = receipt("printer-german", &printer).await;
        let till = &shop.till;
        till.press("Merchant copy").await;
        till.pick("Receipt's language", "Deutsch").await;
        till.see(&["HÄNDLERBELEG", "BETRAG", "20,00 EUR", "NÖTIG", "Paper and printer"]).await;
        till.press("Print on the receipt printer").await;
        till.see(&["Printed."]).await;
        // Windows-1252.
        for line in [
            b"H\xC4NDLERBELEG".as_slice(),
            b"BETRAG",
            b"20,00 EUR",
            b"GENEHMIGT",
            b"KEINE UNTERSCHRIFT N\xD6TIG",
        ] {
            assert!(printer.has(line), "{} is not on the paper", line.escape_ascii());
        }
        assert!(!printer.has("DUPLIKAT") && !printer.has("AMOUNT"));

        till.pick("Receipt's language", "English").await;
        till.see(&["MERCHANT COPY"]).await;
        till.press("Print on the receipt printer").await;
        let whole = until(LIMIT, async || printer.has("*** DUPLICATE 1, ").then_some(()));
        assert!(whole.await.is_some(), "in another language it is the same receipt");
        assert_eq!(till.console().await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn an_arabic_receipt_is_printed_as_a_picture() {
        let printer = Printer::default();
        let shop = receipt("printer-arabic", &printer).await;
        let till = &shop.till;
        till.pick("Receipt's language", "العربية").await;
        till.see(&["نسخة العميل", "Paper and printer"]).await;
        let direction = "return getComputedStyle(document.querySelector('.paper-roll')).direction";
        assert_eq!(till.evaluate(direction, vec![]).await, "rtl");
        till.press("Print on the receipt printer").await;
        till.see(&["Printed."]).await;
        let first = printer.cut().await;
        let (dots, rest) = rows(&first);
        assert_eq!(rest, b"\x1b@\x1bd\x03\x1dVA\0", "nothing of it is in characters");
        assert!(dots.iter().all(|row| row.len() == 42 * 12 / 8), "it is as wide as 42 characters");
        let ruled = dots.iter().filter(|row| row.iter().all(|byte| *byte == 0xFF)).count();
        assert_eq!(ruled, 2, "one line is ruled from side to side");
        let halves = |row: &&[u8]| {
            let is_inked = |half: &[u8]| half.iter().any(|byte| *byte != 0);
            let (left, right) = row.split_at(row.len() / 2);
            is_inked(left) && is_inked(right)
        };
        assert!(dots.iter().filter(|row| halves(row)).count() > 100, "labels and values are on both sides");

        till.see(&["Printed."]).await;
        till.press("Print on the receipt printer").await;
        let second = printer.cut().await;
        assert!(rows(&second).0.len() > dots.len(), "the second one says that it is a duplicate");
        till.see(&["*** نسخة مكررة \u{2068}1\u{2069}"]).await;
        assert_eq!(till.console().await, Vec::<String>::new());
    }
}
