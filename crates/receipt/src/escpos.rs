//! The bytes for an ESC/POS printer. The commands are the crate `escpos`'s; nothing is sent from here.

use crate::line::{Line, Size};
use crate::raster;
use crate::text::{Row, rows};
use escpos::driver::Driver;
use escpos::errors::{PrinterError, Result};
use escpos::printer::Printer;
use escpos::printer_options::PrinterOptions;
use escpos::utils::{PageCode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};
use std::cell::RefCell;
use std::rc::Rc;

/// Dots of a square: 25 mm for the links at hand on 203 dots to an inch.
const DOTS: u8 = 6;
/// Lines that are fed before the cut, so that the last stands below the knife.
const FEED: u8 = 3;

/// Takes down what a printer would be sent.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Driver for Paper {
    fn name(&self) -> String {
        "paper".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// Why a printer cannot have a receipt as characters.
#[derive(Debug)]
pub enum NotPrintable {
    /// It has Arabic letters, which no printer's page shapes and orders: it is printed as a picture ([`crate::raster`]).
    Letters,
    /// The crate `escpos` says so, as of a link that is too long for a code.
    Printer(PrinterError),
}

impl From<PrinterError> for NotPrintable {
    fn from(error: PrinterError) -> Self {
        Self::Printer(error)
    }
}

/// A receipt for a printer of so many characters to a line, cut at its end. A character that its pages do not have is a
/// question mark.
///
/// # Errors
/// [`NotPrintable`]
pub fn bytes(lines: &[Line], columns: usize) -> std::result::Result<Vec<u8>, NotPrintable> {
    let paper = Paper::default();
    if raster::is_needed(lines) {
        return Err(NotPrintable::Letters);
    }
    let rows = rows(lines, columns);
    let mut page = Page::Latin;
    let options = PrinterOptions::new(Some(page.code()), None, u8::try_from(columns).unwrap_or(42));
    let mut printer = Printer::new(paper.clone(), Protocol::default(), Some(options));
    printer.init()?.page_code(page.code())?;
    for row in &rows {
        match row {
            Row::Text(text, size) => {
                // A German receipt may name a shop in Sofia.
                if page != Page::of(text) {
                    page = Page::of(text);
                    printer.page_code(page.code())?;
                }
                let text = page.spell(text);
                match size {
                    Size::Normal => printer.writeln(&text)?,
                    Size::Tall => {
                        printer.bold(true)?.size(1, 2)?.writeln(&text)?.reset_size()?.bold(false)?
                    }
                };
            }
            Row::Code(link) => {
                let option = QRCodeOption::new(QRCodeModel::Model2, DOTS, QRCodeCorrectionLevel::M);
                printer.justify(escpos::utils::JustifyMode::CENTER)?.qrcode_option(link, option)?.feed()?;
                printer.justify(escpos::utils::JustifyMode::LEFT)?;
            }
        }
    }
    printer.feeds(FEED)?.print_cut()?;
    let bytes = paper.0.borrow().clone();
    Ok(bytes)
}

/// The printer's table of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// Western Europe.
    Latin,
    /// Cyrillic.
    Cyrillic,
}

impl Page {
    /// The one that a row's letters are in.
    fn of(text: &str) -> Self {
        if text.chars().any(is_cyrillic) { Self::Cyrillic } else { Self::Latin }
    }

    fn code(self) -> PageCode {
        match self {
            Self::Latin => PageCode::WPC1252,
            Self::Cyrillic => PageCode::PC866,
        }
    }

    /// The text in letters that the page has. A space that does not break is a space: the rows are broken already, and not
    /// every printer has it.
    fn spell(self, text: &str) -> String {
        let has = |letter: char| match self {
            Self::Latin => matches!(letter, '\u{A1}'..='\u{FF}' | '\u{20AC}'),
            Self::Cyrillic => is_cyrillic(letter),
        };
        let spell = |letter: char| match letter {
            '\u{A0}' => ' ',
            letter if letter == ' ' || letter.is_ascii_graphic() || has(letter) => letter,
            _ => '?',
        };
        text.chars().map(spell).collect()
    }
}

fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{410}'..='\u{44F}' | '\u{401}' | '\u{451}')
}
