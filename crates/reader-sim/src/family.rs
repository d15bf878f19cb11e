use reader::Link;

use crate::Emulator;
use crate::magtek_mms::DynaFlexEmulator;
use crate::magtek_v5::MagneSafeEmulator;
use crate::miura::MiuraEmulator;

/// What makes an emulator for one link. The seed decides which of the family's devices it is.
type Make = fn(Link, u64) -> Box<dyn Emulator>;

/// The emulator of every family, by its family's name, one line each.
pub const EMULATORS: &[(&str, Make)] = &[
    ("miura", |_, seed| Box::new(MiuraEmulator::new(seed))),
    ("magtek-v5", |link, seed| Box::new(MagneSafeEmulator::new(link, seed))),
    ("magtek-mms", |link, seed| Box::new(DynaFlexEmulator::new(link, seed))),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_its_emulator() {
        let families: Vec<_> = reader::FAMILIES.iter().map(|family| family.name).collect();
        let emulators: Vec<_> = EMULATORS.iter().map(|(name, _)| *name).collect();
        assert_eq!(families, emulators);
        for (name, make) in EMULATORS {
            assert_eq!(make(Link::Hid { product: 0 }, 1).family().name, *name);
        }
    }
}
