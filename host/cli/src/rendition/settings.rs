//! An encoder's options, from texts to the types that its descriptor gives them.

use anyhow::{Result, bail};
use sandpress_sandbox::{Descriptor, Domain, Setting, Value};

use crate::encoder::values;

/// Types what the command line gives.
///
/// The encoder checks its settings too, but a number out of its range or a misspelt name is better said in the words of the
/// command line, and before anything is decoded.
pub(super) fn typed<'a>(
    descriptor: &Descriptor,
    given: impl IntoIterator<Item = &'a (String, String)>,
) -> Result<Vec<Setting>> {
    given
        .into_iter()
        .map(|(name, text)| {
            let Some(option) = descriptor.options.iter().find(|option| option.name == *name) else {
                let known: Vec<_> = descriptor.options.iter().map(|option| option.name.as_str()).collect();
                bail!("--set {name}: {} has no such option; it has: {}", descriptor.name, known.join(", "));
            };
            match parse(&option.domain, text) {
                Some(value) => Ok(Setting { name: name.clone(), value }),
                None => bail!("--set {name}={text}: expected {}", values(&option.domain)),
            }
        })
        .collect()
}

/// A value of this domain; none if the text is none.
fn parse(domain: &Domain, text: &str) -> Option<Value> {
    match domain {
        Domain::Flag => text.parse().ok().map(Value::Flag),
        Domain::Integer(lowest, highest) => {
            text.parse().ok().filter(|integer| (lowest..=highest).contains(&integer)).map(Value::Integer)
        }
        Domain::Number(lowest, highest) => {
            text.parse().ok().filter(|number| (lowest..=highest).contains(&number)).map(Value::Number)
        }
        Domain::Choice(texts) => texts.iter().any(|choice| choice == text).then(|| Value::Text(text.to_owned())),
    }
}
