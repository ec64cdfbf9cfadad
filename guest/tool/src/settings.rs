//! `--set NAME=VALUE`, typed by what the encoder says of its options.

use crate::arguments::Usage;
use crate::bindings::types::{Descriptor, Domain, Setting, Value};

/// Gives each value the type of its option. Whether it is in the option's domain is for the encoder to say.
pub(crate) fn typed(descriptor: &Descriptor, settings: Vec<(String, String)>) -> Result<Vec<Setting>, Usage> {
    settings.into_iter().map(|(name, text)| Ok(Setting { value: value(descriptor, &name, text)?, name })).collect()
}

fn value(descriptor: &Descriptor, name: &str, text: String) -> Result<Value, Usage> {
    let Some(option) = descriptor.options.iter().find(|option| option.name == name) else {
        let known: Vec<&str> = descriptor.options.iter().map(|option| option.name.as_str()).collect();
        return Err(Usage(format!("{} has no option `{name}`, only: {}", descriptor.name, known.join(", "))));
    };
    let typed = match option.domain {
        Domain::Flag => text.parse().map(Value::Flag).map_err(|_| "true or false"),
        Domain::Integer(_) => text.parse().map(Value::Integer).map_err(|_| "an integer"),
        Domain::Number(_) => text.parse().map(Value::Number).map_err(|_| "a number"),
        Domain::Choice(_) => Ok(Value::Text(text)),
    };
    typed.map_err(|expected| Usage(format!("--set {name} takes {expected}")))
}
