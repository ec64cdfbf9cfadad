//! What an encoder says of itself, and whether it is true.

use std::collections::BTreeSet;

use sandpress_sandbox::{CodecError, Digest, Domain, OptionInfo, Setting, Value};
use wasmparser::{ComponentTypeRef, Parser, Payload};

use super::{Subject, limits};
use crate::components;

/// `describe` always says the same, and nothing that is obviously false.
pub fn describes_itself_truly(subject: &Subject) {
    let Subject { encoder, descriptor, media_type } = subject;
    let again = encoder.codec.describe(&limits()).expect("it did so before").descriptor;
    assert_eq!(again, *descriptor, "describe is not always the same");
    assert_eq!((&descriptor.name, &descriptor.version), (&encoder.name, &encoder.version), "not as in the catalog");
    assert!(descriptor.produces.contains(media_type), "serves {media_type} and does not say that it produces it");
    assert!(!descriptor.accepts.is_empty());
    for types in [&descriptor.accepts, &descriptor.produces] {
        assert_eq!(types.iter().collect::<BTreeSet<_>>().len(), types.len(), "{types:?} names one twice");
    }

    let mut names = BTreeSet::new();
    for OptionInfo { name, summary, domain, default, .. } in &descriptor.options {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!name.is_empty() && name.chars().all(kebab), "`{name}` is not kebab-case");
        assert!(names.insert(name), "there are two options `{name}`");
        assert!(summary.ends_with('.') && !summary.contains('\n'), "`{summary}` is not one sentence");
        let is_in_domain = match (domain, default) {
            (Domain::Flag, Value::Flag(_)) => true,
            (Domain::Integer(low, high), Value::Integer(value)) => (low..=high).contains(&value),
            (Domain::Number(low, high), Value::Number(value)) => (low..=high).contains(&value),
            (Domain::Choice(texts), Value::Text(value)) => texts.contains(value),
            _ => false,
        };
        assert!(is_in_domain, "the default {default:?} of `{name}` is not in {domain:?}");
    }
}

/// Each option is accepted at both ends of its domain and refused outside of it; its default is what happens without it.
pub fn takes_its_options_in_their_domains_only(subject: &Subject) {
    let sample = subject.small_samples().next().expect("a picture that every encoder can make something of");
    let input = sample.bytes();
    let with = |name: &str, value: &Value| {
        let mut rendition = subject.rendition().contain(96, 96);
        rendition.settings.push(Setting { name: name.to_owned(), value: value.clone() });
        rendition
    };
    let refused = |name: &str, value: &Value| {
        let error = subject.refusal(&format!("{name} = {value:?}"), &input, &with(name, value));
        assert!(matches!(error, CodecError::BadRequest(_)), "{name} = {value:?}: {error}");
        assert!(error.to_string().contains(name), "the refusal of {name} = {value:?} does not name it: {error}");
    };

    refused("no-such-setting", &Value::Flag(true));
    let without = subject.make(&input, &subject.rendition().contain(96, 96)).bytes;
    for OptionInfo { name, domain, default, .. } in &subject.descriptor.options {
        let inside = match domain {
            Domain::Flag => vec![Value::Flag(false), Value::Flag(true)],
            Domain::Integer(low, high) => vec![Value::Integer(*low), Value::Integer(*high)],
            Domain::Number(low, high) => vec![Value::Number(*low), Value::Number(*high)],
            Domain::Choice(texts) => texts.iter().cloned().map(Value::Text).collect(),
        };
        for value in inside {
            subject.make(&input, &with(name, &value));
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
            refused(name, &value);
        }
        // No domain has bytes in it.
        refused(name, &Value::Bytes(vec![1]));
        assert_eq!(subject.make(&input, &with(name, default)).bytes, without, "`{name}` is not {default:?} by default");
    }
}

/// The component, of which the native code was made, imports nothing.
pub fn imports_nothing(subject: &Subject) {
    let component = components::read(&components::component(&subject.encoder.name));
    assert_eq!(Digest::of(&component), subject.encoder.digest, "the catalog is of another component");
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(&component) {
        match payload.expect("a component") {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let import = import.expect("a component");
                    assert!(matches!(import.ty, ComponentTypeRef::Type(_)), "imports {import:?}");
                }
            }
            _ => {}
        }
    }
}
