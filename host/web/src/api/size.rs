//! A number of bytes, however JSON or a query writes it.

use std::fmt;

use serde::{Deserializer, de};

/// For `deserialize_with`. `1e3` and `1000.0` are whole numbers too, and one that is too large to be counted is as large as can be: the limit of
/// the size says no to it.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(Whole)
}

struct Whole;

impl de::Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of bytes")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and not negative, and saturates"
    )]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<u64, E> {
        if number >= 0.0 && number.fract() == 0.0 {
            return Ok(number as u64);
        }
        Err(E::invalid_value(de::Unexpected::Float(number), &self))
    }

    /// In a query.
    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        match (text.parse(), text.parse()) {
            (Ok(number), _) => Ok(number),
            (_, Ok(number)) => self.visit_f64(number),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;

    use super::*;

    type Error = de::value::Error;

    #[test]
    fn a_number_is_whole_however_it_is_written() {
        for (text, expected) in
            [("1", Some(1)), ("1e3", Some(1000)), ("1.0", Some(1)), ("1e300", Some(u64::MAX)), ("0", Some(0))]
                .into_iter()
                .chain([("1.5", None), ("-1", None), ("NaN", None), ("\"1", None), ("", None)])
        {
            assert_eq!(whole(IntoDeserializer::<Error>::into_deserializer(text)).ok(), expected, "{text}");
            let json = serde_json::from_str::<serde_json::Value>(text).ok();
            assert_eq!(json.and_then(|json| whole(json).ok()), expected, "{text} in JSON");
        }
    }
}
