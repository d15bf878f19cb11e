//! Reading JSON out of a parsed value.
//!
//! Serde's derived readers are compiled anew for each type, and the page would download all of them: they were a sixth
//! of it. These read one parsed [`Value`] and are a few bytes a field. [`readable!`] makes serde use them as well, so
//! that there is one reader for the wire, the journal and the store.

mod parse;
mod value;

pub use parse::parse;
pub use value::Value;

/// A type that is read out of a parsed value. `None` when something is missing or is not what it should be.
pub trait FromJson: Sized {
    /// Reads it.
    fn from_json(value: &Value) -> Option<Self>;
}

/// JSON that does not say what it should. Whoever wrote it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a part of {0} is missing or is not what it should be")]
pub struct Malformed(pub(crate) &'static str);

/// Reads a JSON text; `None` when it is no JSON, or not this.
#[must_use]
pub fn read<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&parse(text)?)
}

/// A field of an object. One that is absent reads as `null`.
pub(crate) fn field<T: FromJson>(object: &Value, name: &str) -> Option<T> {
    object.as_object()?;
    T::from_json(object.get(name).unwrap_or(&Value::Null))
}

/// A field that may be absent, and is the type's default then.
pub(crate) fn field_or_default<T: FromJson + Default>(object: &Value, name: &str) -> Option<T> {
    field::<Option<T>>(object, name).map(Option::unwrap_or_default)
}

/// An enum as serde writes one: `"name"` or `{"name": contents}`.
pub(crate) fn variant(value: &Value) -> Option<(&str, &Value)> {
    match value {
        Value::String(name) => Some((name, &Value::Null)),
        Value::Object(object) => {
            let [(name, contents)] = object.as_slice() else { return None };
            Some((name, contents))
        }
        _ => None,
    }
}

/// The two contents of an enum's variant.
pub(crate) fn pair<A: FromJson, B: FromJson>(value: &Value) -> Option<(A, B)> {
    match value.as_array()? {
        [a, b] => Some((A::from_json(a)?, B::from_json(b)?)),
        _ => None,
    }
}

impl FromJson for String {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl FromJson for bool {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl FromJson for u64 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_u64()
    }
}

impl FromJson for u32 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl FromJson for i32 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()?.try_into().ok()
    }
}

impl FromJson for u16 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_json(value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(value: &Value) -> Option<Self> {
        T::from_json(value).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_json).collect()
    }
}

/// Reads a struct field by field; those after `default` may be absent. Optional fields always may.
macro_rules! record {
    ($type:ident { $($field:ident),* $(,)? } $(default { $($absent:ident),* $(,)? })?) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: &$crate::json::Value) -> Option<Self> {
                Some(Self {
                    $($field: $crate::json::field(value, stringify!($field))?,)*
                    $($($absent: $crate::json::field_or_default(value, stringify!($absent))?,)*)?
                })
            }
        }
        $crate::json::readable!($type);
    };
}

/// Reads and writes an enum without contents as one of these words.
macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: &$crate::json::Value) -> Option<Self> {
                match value.as_str()? {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
        impl $type {
            /// The word that names it in JSON.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }
        $crate::json::readable!($type);
    };
}

/// Makes serde read a type by its [`FromJson`].
macro_rules! readable {
    ($type:ident) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let value = <$crate::json::Value as serde::Deserialize>::deserialize(from)?;
                <Self as $crate::json::FromJson>::from_json(&value)
                    .ok_or_else(|| serde::de::Error::custom($crate::json::Malformed(stringify!($type))))
            }
        }
    };
}

pub(crate) use {readable, record, words};
