//! Sounds: told apart by rhythm, each with its words on the screen.

#![expect(clippy::float_arithmetic, reason = "audio time and gain; no money here")]

use leptos::prelude::set_timeout;
use std::cell::RefCell;
use std::time::Duration;
use web_sys::{AudioContext, OscillatorType};

/// What is to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// A key.
    Key,
    /// The customer is asked for something.
    Prompt,
    /// Paid.
    Approved,
    /// Not paid.
    NotPaid,
    /// Somebody has to look.
    Attention,
    /// The card is still in.
    RemoveCard,
}

impl Sound {
    /// What a hand on the till feels: milliseconds on and off in turn.
    fn vibration(self) -> &'static [u8] {
        match self {
            Self::Key => &[10],
            Self::Prompt => &[40],
            Self::Approved => &[60, 60, 120],
            Self::NotPaid => &[200, 100, 200],
            Self::Attention => &[80, 60, 80, 60, 80],
            Self::RemoveCard => &[120],
        }
    }

    /// Gain in percent and tones of Hz, begin ms, length ms.
    fn tones(self) -> (u8, &'static [(u16, u16, u16)]) {
        match self {
            Self::Key => (6, &[(880, 0, 15)]),
            Self::Prompt => (25, &[(784, 0, 90)]),
            Self::Approved => (50, &[(659, 0, 110), (988, 150, 220)]),
            Self::NotPaid => (40, &[(330, 0, 160), (330, 250, 160)]),
            Self::Attention => (50, &[(740, 0, 80), (740, 160, 80), (740, 320, 80)]),
            Self::RemoveCard => (32, &[(880, 0, 120)]),
        }
    }
}

/// The first sound comes so late.
const FIRST: Duration = Duration::from_millis(40);

thread_local! {
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Plays it, if the browser lets the page be heard already.
pub fn play(sound: Sound) {
    if cfg!(target_arch = "wasm32") {
        vibrate(sound);
        if CONTEXT.with_borrow(Option::is_some) {
            sing(sound);
        } else {
            // It takes a browser up to a tenth of a second to find its voice: what was pressed is painted first.
            set_timeout(move || sing(sound), FIRST);
        }
    }
}

fn sing(sound: Sound) {
    CONTEXT.with_borrow_mut(|context| {
        if context.is_none() {
            *context = AudioContext::new().ok();
        }
        // A page that may not be heard stays silent: every sound has its words.
        let _ = context.as_ref().and_then(|context| schedule(context, sound).ok());
    });
}

/// Where the till can: a table does not feel it, a tablet in a hand does.
fn vibrate(sound: Sound) {
    let pattern: js_sys::Array =
        sound.vibration().iter().map(|ms| wasm_bindgen::JsValue::from(*ms)).collect();
    let navigator = web_sys::window().map(|window| window.navigator());
    // Before a first touch the browser refuses, and says so on its console.
    if let Some(navigator) = navigator.filter(|navigator| navigator.user_activation().has_been_active()) {
        let _ = navigator.vibrate_with_pattern(&pattern);
    }
}

fn schedule(context: &AudioContext, sound: Sound) -> Result<(), wasm_bindgen::JsValue> {
    // Made before the first touch it sleeps; a touch may wake it.
    let _ = context.resume()?;
    let (percent, tones) = sound.tones();
    let volume = f32::from(percent) / 100.0;
    for &(hz, begin, length) in tones {
        let (oscillator, gain) = (context.create_oscillator()?, context.create_gain()?);
        oscillator.set_type(OscillatorType::Sine);
        oscillator.frequency().set_value(f32::from(hz));
        let start = context.current_time() + f64::from(begin) / 1000.0;
        let end = start + f64::from(length) / 1000.0;
        let level = gain.gain();
        level.set_value_at_time(0.0, start)?;
        level.linear_ramp_to_value_at_time(volume, start + 0.005)?;
        level.set_value_at_time(volume, (end - 0.005).max(start + 0.005))?;
        level.linear_ramp_to_value_at_time(0.0, end)?;
        oscillator.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&context.destination())?;
        oscillator.start_with_when(start)?;
        oscillator.stop_with_when(end)?;
    }
    Ok(())
}
