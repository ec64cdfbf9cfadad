//! From a core module to a component that says what it is.

use anyhow::{Context as _, Result};
use wasm_metadata::{AddMetadata, AddMetadataField, Licenses, Source, Version};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// What a component says of itself in its metadata, which are read without running it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About<'a> {
    /// As its `describe` says it.
    pub name: &'a str,
    /// As its `describe` says it.
    pub version: &'a str,
    /// An SPDX expression.
    pub licence: &'a str,
    /// Address of its source code.
    pub source: Option<&'a str>,
}

/// Encodes a core module, whose custom sections carry its WIT, as a component. One that is a component already stays as it is.
///
/// # Errors
///
/// The module is none, has no WIT in it, or does not have the exports that its WIT asks for.
pub fn encode(module: &[u8]) -> Result<Vec<u8>> {
    if Parser::is_component(module) {
        return Ok(module.to_owned());
    }
    let encoded = ComponentEncoder::default().validate(true).module(module).and_then(|encoder| encoder.encode());
    encoded.context("it cannot be encoded as a component")
}

/// Embeds metadata in a component.
///
/// # Errors
///
/// The licence is no SPDX expression, the source is no URL, or the component is broken.
pub fn describe(component: &[u8], about: About<'_>) -> Result<Vec<u8>> {
    let About { name, version, licence, source } = about;
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(name.to_owned());
    metadata.version = AddMetadataField::Set(Version::new(version.to_owned()));
    let licences = Licenses::new(licence).with_context(|| format!("`{licence}` is no licence as SPDX writes them"))?;
    metadata.licenses = AddMetadataField::Set(licences);
    if let Some(source) = source {
        let source = Source::new(source).with_context(|| format!("`{source}` is no address"))?;
        metadata.source = AddMetadataField::Set(source);
    }
    metadata.to_wasm(component)
}

/// The names of a component's imports.
///
/// # Errors
///
/// The component is broken.
pub fn imports(component: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    names.push(import?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(names)
}
