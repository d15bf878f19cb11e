//! A receipt as a picture, for letters that receipt printers do not have: Arabic, whose shapes and direction they do not know.
//!
//! Whoever has fonts draws it on a canvas as wide as the printer's lines have dots; here it becomes the printer's bytes.

use crate::line::Line;

/// ESC @: resets the printer.
const RESET: [u8; 2] = [0x1B, 0x40];
/// GS v 0 at normal size, before width in bytes and height in dots.
const PICTURE: [u8; 4] = [0x1D, 0x76, 0x30, 0x00];
/// ESC d: feeds so many lines, so that the last stands below the knife; GS V A: cuts.
const FEED_AND_CUT: [u8; 7] = [0x1B, 0x64, 0x03, 0x1D, 0x56, 0x41, 0x00];
/// Rows a command. What it prints with at once fits into the memory of small printers, and the paper shows no seam.
const BAND: usize = 128;
/// A printer of 112 mm with 300 dots to an inch has less.
const WIDEST: usize = 2_048;
/// From here on a pixel is paper.
const LIGHT: u32 = 128;

/// Whether these lines have letters that no printer's page shapes and orders.
#[must_use]
pub fn is_needed(lines: &[Line]) -> bool {
    lines.iter().flat_map(Line::texts).any(|text| text.chars().any(is_arabic))
}

fn is_arabic(letter: char) -> bool {
    matches!(letter, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// The bytes for an ESC/POS printer of a canvas's pixels, `width` dots to a row: four bytes each, as `ImageData` has them,
/// red, green, blue, and how far they cover the paper. 80 mm have 576 dots, 58 mm have 384. `None` where these are not whole
/// rows of 1 to 2048 dots.
#[must_use]
pub fn bytes(width: usize, pixels: &[u8]) -> Option<Vec<u8>> {
    if !(1..=WIDEST).contains(&width) || pixels.is_empty() || !pixels.len().is_multiple_of(4 * width) {
        return None;
    }
    let rows: Vec<Vec<u8>> = pixels.chunks_exact(4 * width).map(row).collect();
    let [low, high] = u16::try_from(width.div_ceil(8)).ok()?.to_le_bytes();
    let mut bytes = RESET.to_vec();
    for band in rows.chunks(BAND) {
        let [rows_low, rows_high] = u16::try_from(band.len()).ok()?.to_le_bytes();
        bytes.extend(PICTURE);
        bytes.extend([low, high, rows_low, rows_high]);
        bytes.extend(band.concat());
    }
    bytes.extend(FEED_AND_CUT);
    Some(bytes)
}

/// A bit a dot, the left one first; dots beyond the row are paper.
fn row(pixels: &[u8]) -> Vec<u8> {
    let dots: Vec<bool> = pixels.chunks_exact(4).map(is_dark).collect();
    let byte = |dots: &[bool]| (0..8).fold(0, |byte, at| byte << 1 | u8::from(dots.get(at) == Some(&true)));
    dots.chunks(8).map(byte).collect()
}

/// By how bright it looks (ITU-R BT.601, in thousandths), on white paper.
fn is_dark(pixel: &[u8]) -> bool {
    let &[red, green, blue, covers] = pixel else { return false };
    let bright = (299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue)) / 1_000;
    let covers = u32::from(covers);
    (bright * covers + 255 * (255 - covers)) / 255 < LIGHT
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: [u8; 4] = [0, 0, 0, 255];
    const WHITE: [u8; 4] = [255, 255, 255, 255];
    const NOTHING: [u8; 4] = [0, 0, 0, 0];

    #[test]
    fn arabic_letters_need_a_picture_wherever_they_stand() {
        let normal = crate::Size::Normal;
        let text = |text: &str| text.to_owned();
        for line in [
            Line::Centred(text("دكان"), normal),
            Line::Pair(text("Till"), text("1 / دكان"), normal),
            Line::Pair(text("دكان"), String::new(), normal),
            Line::Sign(text("التوقيع X")),
        ] {
            assert!(is_needed(&[Line::Blank, line]));
        }
        let others = ["Kasse für Öl", "Касса", "Caja n.º 1, ¿qué?", "店"]
            .map(|other| Line::Centred(text(other), normal));
        assert!(!is_needed(&others));
        assert!(!is_needed(&[Line::Link(text("https://sandbox.example/paynet")), Line::Rule]));
    }

    #[test]
    fn dots_are_bits_from_the_left() {
        let pixels = [[BLACK, WHITE, NOTHING, BLACK, WHITE, WHITE, WHITE, WHITE, BLACK, WHITE]; 2]
            .as_flattened()
            .concat();
        let mut expected = b"\x1b@\x1dv0\x00\x02\x00\x02\x00".to_vec();
        expected.extend([0b1001_0000, 0b1000_0000, 0b1001_0000, 0b1000_0000]);
        expected.extend(b"\x1bd\x03\x1dVA\x00");
        assert_eq!(bytes(10, &pixels), Some(expected));
    }

    #[test]
    fn greys_and_covers_are_paper_or_not() {
        for (pixel, dark) in [
            ([127, 127, 127, 255], true),
            ([128, 128, 128, 255], false),
            ([0, 0, 0, 128], true),
            ([0, 0, 0, 127], false),
            ([255, 0, 0, 255], true),
            ([0, 255, 0, 255], false),
        ] {
            assert_eq!(is_dark(&pixel), dark, "{pixel:?}");
        }
    }

    #[test]
    fn a_long_receipt_is_sent_in_bands_and_nothing_of_it_is_lost() {
        let (width, height) = (576, 1_000);
        let pixels: Vec<u8> =
            (0..width * height).flat_map(|at| if at % 7 == 0 { BLACK } else { WHITE }).collect();
        let sent = bytes(width, &pixels).unwrap();
        let (mut rest, mut rows, mut dark) = (&sent[2..sent.len() - 7], 0, 0);
        while let [0x1D, b'v', b'0', 0, low, high, rows_low, rows_high, data @ ..] = rest {
            let across = usize::from(u16::from_le_bytes([*low, *high]));
            let down = usize::from(u16::from_le_bytes([*rows_low, *rows_high]));
            assert_eq!(across, 72);
            assert!((1..=BAND).contains(&down));
            rows += down;
            dark += data[..across * down].iter().map(|byte| byte.count_ones() as usize).sum::<usize>();
            rest = &data[across * down..];
        }
        assert_eq!((rest.len(), rows), (0, height));
        assert_eq!(dark, (width * height).div_ceil(7));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let row = BLACK.repeat(10);
        assert!(bytes(10, &row).is_some());
        assert_eq!(bytes(0, &row), None);
        assert_eq!(bytes(3, &row), None);
        assert_eq!(bytes(10, &row[1..]), None);
        assert_eq!(bytes(10, &[]), None);
        assert_eq!(bytes(WIDEST + 1, &BLACK.repeat(WIDEST + 1)), None);
    }
}
