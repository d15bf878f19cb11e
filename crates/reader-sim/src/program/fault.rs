//! Faults by the names of their fields.

use reader_sim::Faults;

/// One fault, switched.
pub(crate) struct Fault {
    field: Field,
    /// 0 is off.
    value: u64,
}

/// The field of a fault.
#[derive(Clone, Copy)]
enum Field {
    Flag(fn(&mut Faults) -> &mut bool),
    Number(fn(&mut Faults) -> &mut u64),
}

/// Every field of [`Faults`].
const FIELDS: &[(&str, Field)] = &[
    ("silent", Field::Flag(|faults| &mut faults.silent)),
    ("slow_ms", Field::Number(|faults| &mut faults.slow_ms)),
    ("cut_frame", Field::Flag(|faults| &mut faults.cut_frame)),
    ("wrong_checksum", Field::Flag(|faults| &mut faults.wrong_checksum)),
    ("not_secure", Field::Flag(|faults| &mut faults.not_secure)),
    ("low_battery", Field::Flag(|faults| &mut faults.low_battery)),
    ("read_error", Field::Flag(|faults| &mut faults.read_error)),
    ("approves_offline", Field::Flag(|faults| &mut faults.approves_offline)),
    ("declines_offline", Field::Flag(|faults| &mut faults.declines_offline)),
    ("declines_after_issuer", Field::Flag(|faults| &mut faults.declines_after_issuer)),
    ("choose_application", Field::Flag(|faults| &mut faults.choose_application)),
    ("last_pin_try", Field::Flag(|faults| &mut faults.last_pin_try)),
    ("clear_data", Field::Flag(|faults| &mut faults.clear_data)),
    ("other_amount", Field::Flag(|faults| &mut faults.other_amount)),
    ("duplicate", Field::Flag(|faults| &mut faults.duplicate)),
    ("restart", Field::Flag(|faults| &mut faults.restart)),
    ("keys_exhausted", Field::Flag(|faults| &mut faults.keys_exhausted)),
    ("cancel_race", Field::Flag(|faults| &mut faults.cancel_race)),
];

impl Fault {
    /// Of a field's name, and `on`, `off` or a number.
    ///
    /// # Errors
    /// What is there instead, for people.
    pub(crate) fn parse(name: &str, value: &str) -> Result<Self, String> {
        let (_, field) = FIELDS.iter().find(|(known, _)| *known == name).ok_or_else(|| {
            let names: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
            format!("no fault {name}; there are {}", names.join(" "))
        })?;
        let value = match (field, value) {
            (_, "off") => 0,
            (Field::Flag(_), "on") => 1,
            (Field::Flag(_), _) => return Err(format!("{name} is on or off")),
            (Field::Number(_), _) => value.parse().map_err(|_| format!("{name} is a number or off"))?,
        };
        Ok(Self { field: *field, value })
    }

    /// Switches it.
    pub(crate) fn switch(&self, faults: &mut Faults) {
        match self.field {
            Field::Flag(field) => *field(faults) = self.value != 0,
            Field::Number(field) => *field(faults) = self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_line() {
        let printed = format!("{:?}", Faults::default());
        let fields = printed.split(['{', ',']).skip(1).map(|field| field.split(':').next().unwrap().trim());
        let named: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(fields.collect::<Vec<_>>(), named);
    }

    #[test]
    fn a_line_switches_the_field_of_its_name() {
        for (name, field) in FIELDS {
            let (on, shown) = match field {
                Field::Flag(_) => ("on", format!("{name}: true")),
                Field::Number(_) => ("250", format!("{name}: 250")),
            };
            let mut faults = Faults::default();
            Fault::parse(name, on).unwrap().switch(&mut faults);
            assert!(format!("{faults:?}").contains(&shown), "{faults:?}");
            Fault::parse(name, "off").unwrap().switch(&mut faults);
            assert_eq!(faults, Faults::default());
        }
    }

    #[test]
    fn mistakes_are_named() {
        let wrong = |name, value| Fault::parse(name, value).err().unwrap();
        assert!(wrong("slient", "on").starts_with("no fault slient; there are silent "));
        assert_eq!(wrong("silent", "250"), "silent is on or off");
        assert_eq!(wrong("slow_ms", "-1"), "slow_ms is a number or off");
    }
}
