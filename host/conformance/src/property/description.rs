//! What an encoder says of itself, and whether it is true.

use std::collections::BTreeSet;

use sandpress_sandbox::{CodecError, Domain, OptionInfo, Setting, Value};

use crate::{
    Obstacle,
    subject::{Exam, ensure},
};

/// `describe` always says the same, and nothing that is obviously false.
pub(super) fn describes_itself_truly(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let descriptor = exam.descriptor();
    ensure!(exam.describe()? == *descriptor, "it does not always say the same");
    ensure!(!descriptor.name.is_empty(), "it has no name");
    ensure!(is_semantic(&descriptor.version), "`{}` is not a version as in semantic versioning", descriptor.version);
    for (what, types) in [("reads", &descriptor.accepts), ("makes", &descriptor.produces)] {
        ensure!(!types.is_empty(), "it {what} nothing");
        ensure!(types.iter().collect::<BTreeSet<_>>().len() == types.len(), "{types:?} names one twice");
    }

    let mut names = BTreeSet::new();
    for OptionInfo { name, summary, domain, default, .. } in &descriptor.options {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(!name.is_empty() && name.chars().all(kebab), "the option `{name}` is not in kebab-case");
        ensure!(names.insert(name), "there are two options `{name}`");
        ensure!(summary.ends_with('.') && !summary.contains('\n'), "`{summary}` is not one sentence");
        let is_in_domain = match (domain, default) {
            (Domain::Flag, Value::Flag(_)) => true,
            (Domain::Integer(low, high), Value::Integer(value)) => (low..=high).contains(&value),
            (Domain::Number(low, high), Value::Number(value)) => (low..=high).contains(&value),
            (Domain::Choice(texts), Value::Text(value)) => texts.contains(value),
            _ => false,
        };
        ensure!(is_in_domain, "the default {default:?} of `{name}` is not in {domain:?}");
    }
    Ok(())
}

/// Three numbers, and what may stand behind them (Semantic Versioning 2.0.0).
fn is_semantic(version: &str) -> bool {
    let (version, build) = version.split_once('+').map_or((version, None), |(version, build)| (version, Some(build)));
    let (core, before) = version.split_once('-').map_or((version, None), |(core, before)| (core, Some(before)));
    let is_number = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    let is_identifier =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && before.into_iter().chain(build).all(|identifiers| identifiers.split('.').all(is_identifier))
}

/// Each option is accepted at both ends of its domain and refused outside of it; its default is what happens without it.
pub(super) fn takes_its_options_in_their_domains_only(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let input = exam.sample()?.bytes();
    let with = |name: &str, value: &Value| {
        let mut rendition = exam.rendition();
        rendition.settings.push(Setting { name: name.to_owned(), value: value.clone() });
        rendition
    };
    let make = |name: &str, value: &Value| exam.make(&format!("{name} = {value:?}"), &input, &with(name, value));
    let refused = |name: &str, value: &Value| {
        let error = exam.refusal(&format!("{name} = {value:?}"), &input, &with(name, value))?;
        ensure!(matches!(error, CodecError::BadRequest(_)), "{name} = {value:?}: is refused as {error}");
        ensure!(error.to_string().contains(name), "the refusal of {name} = {value:?} does not name it: {error}");
        Ok(())
    };

    refused("no-such-setting", &Value::Flag(true))?;
    let without = exam.make("no option", &input, &exam.rendition())?.bytes;
    for OptionInfo { name, domain, default, .. } in &exam.descriptor().options {
        let inside = match domain {
            Domain::Flag => vec![Value::Flag(false), Value::Flag(true)],
            Domain::Integer(low, high) => vec![Value::Integer(*low), Value::Integer(*high)],
            Domain::Number(low, high) => vec![Value::Number(*low), Value::Number(*high)],
            Domain::Choice(texts) => texts.iter().cloned().map(Value::Text).collect(),
        };
        for value in inside {
            make(name, &value)?;
        }
        let outside = match domain {
            Domain::Integer(low, high) => {
                [low.checked_sub(1), high.checked_add(1)].into_iter().flatten().map(Value::Integer).collect()
            }
            Domain::Number(low, high) => {
                [low - 0.001, high + 0.001, f64::NAN, f64::INFINITY].into_iter().map(Value::Number).collect()
            }
            Domain::Choice(_) => vec![Value::Text(String::new()), Value::Text("no such choice".to_owned())],
            _ => Vec::new(),
        };
        for value in outside {
            refused(name, &value)?;
        }
        // No domain has bytes in it.
        refused(name, &Value::Bytes(vec![1]))?;
        ensure!(make(name, default)?.bytes == without, "`{name}` is not {default:?} by default");
    }
    Ok(())
}
