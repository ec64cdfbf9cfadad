//! The settings of a rendition, checked against what the descriptor says of them.

use crate::colour::Target;
use crate::error::{bad_request, internal};
use crate::resize::Blend;
use crate::{Descriptor, Domain, Encoder, Error, OptionInfo, Setting, Value, verify};

/// What an encoder says of itself, and the options that all of them share. The answer to the contract's `describe`.
pub fn describe<E: Encoder>() -> Descriptor {
    let mut descriptor = E::describe();
    descriptor.options.extend([Target::option(), Blend::option(), verify::option()]);
    descriptor
}

/// The value of every option of a descriptor: what the rendition says, else the option's default.
#[derive(Debug)]
pub struct Options(Vec<Setting>);

impl Options {
    /// Checks a rendition's settings: each known, given once, and in its domain.
    pub(crate) fn parse(descriptor: &Descriptor, settings: &[Setting]) -> Result<Self, Error> {
        for (at, setting) in settings.iter().enumerate() {
            let name = &setting.name;
            let Some(option) = descriptor.options.iter().find(|option| option.name == *name) else {
                let known: Vec<&str> = descriptor.options.iter().map(|option| option.name.as_str()).collect();
                return Err(bad_request(format!("unknown setting `{name}`; there are: {}", known.join(", "))));
            };
            if settings.iter().take(at).any(|earlier| earlier.name == *name) {
                return Err(bad_request(format!("setting `{name}` is given twice")));
            }
            check_domain(option, &setting.value)?;
        }
        let value = |option: &OptionInfo| {
            let given = settings.iter().find(|setting| setting.name == option.name);
            given.map_or_else(|| option.default.clone(), |setting| setting.value.clone())
        };
        let settings = descriptor.options.iter().map(|o| Setting { name: o.name.clone(), value: value(o) });
        Ok(Self(settings.collect()))
    }

    /// The text of an option whose domain is a choice.
    ///
    /// # Errors
    ///
    /// `internal` where the descriptor has no such option: the encoder contradicts itself.
    pub fn choice(&self, name: &str) -> Result<&str, Error> {
        match self.value(name) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(internal(format!("the descriptor has no choice `{name}`"))),
        }
    }

    /// The number of an option whose domain is a range of integers.
    ///
    /// # Errors
    ///
    /// `internal` where the descriptor has no such option: the encoder contradicts itself.
    pub fn integer(&self, name: &str) -> Result<i64, Error> {
        match self.value(name) {
            Some(Value::Integer(number)) => Ok(*number),
            _ => Err(internal(format!("the descriptor has no integer `{name}`"))),
        }
    }

    /// The number of an option whose domain is a range of numbers.
    ///
    /// # Errors
    ///
    /// `internal` where the descriptor has no such option: the encoder contradicts itself.
    pub fn number(&self, name: &str) -> Result<f64, Error> {
        match self.value(name) {
            Some(Value::Number(number)) => Ok(*number),
            _ => Err(internal(format!("the descriptor has no number `{name}`"))),
        }
    }

    /// Whether an option whose domain is a flag is set.
    ///
    /// # Errors
    ///
    /// `internal` where the descriptor has no such option: the encoder contradicts itself.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.value(name) {
            Some(Value::Flag(flag)) => Ok(*flag),
            _ => Err(internal(format!("the descriptor has no flag `{name}`"))),
        }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|setting| setting.name == name).map(|setting| &setting.value)
    }
}

fn check_domain(option: &OptionInfo, value: &Value) -> Result<(), Error> {
    let expected = match (&option.domain, value) {
        (Domain::Flag, Value::Flag(_)) => return Ok(()),
        (Domain::Integer((low, high)), Value::Integer(number)) if (low..=high).contains(&number) => return Ok(()),
        (Domain::Number((low, high)), Value::Number(number)) if (low..=high).contains(&number) => return Ok(()),
        (Domain::Choice(texts), Value::Text(text)) if texts.contains(text) => return Ok(()),
        (Domain::Flag, _) => "a flag".to_owned(),
        (Domain::Integer((low, high)), _) => format!("an integer from {low} to {high}"),
        (Domain::Number((low, high)), _) => format!("a number from {low} to {high}"),
        (Domain::Choice(texts), _) => format!("one of {}", texts.join(", ")),
    };
    Err(bad_request(format!("setting `{}` must be {expected}", option.name)))
}
