//! From a core module to a component that says what it is.

use anyhow::{Context as _, Result};
use wasm_metadata::{AddMetadata, AddMetadataField, Licenses, Source, Version};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// Encodes a core module, whose custom sections carry its WIT, as a component with our metadata.
pub(crate) fn encode(name: &str, module: &[u8]) -> Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("{name}: cannot be encoded as a component"))?;
    describe(name, &component)
}

/// Embeds name, version, licence and source: the version is the workspace's, as is the guests'.
pub(crate) fn describe(name: &str, component: &[u8]) -> Result<Vec<u8>> {
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(name.to_owned());
    metadata.version = AddMetadataField::Set(Version::new(env!("CARGO_PKG_VERSION")));
    metadata.licenses = AddMetadataField::Set(Licenses::new(env!("CARGO_PKG_LICENSE"))?);
    metadata.source = AddMetadataField::Set(Source::new(env!("CARGO_PKG_REPOSITORY"))?);
    metadata.to_wasm(component)
}

/// The names of a component's imports.
pub(crate) fn imports(component: &[u8]) -> Result<Vec<String>> {
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
