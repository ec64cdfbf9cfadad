//! Composition of the tool with an encoder.

use anyhow::{Context as _, Result};
use wac_graph::{CompositionGraph, EncodeOptions, types::Package};

/// Satisfies the tool's import of the codec with the encoder's export of it.
pub(crate) fn plug(tool: &[u8], encoder: &[u8]) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, bytes: &[u8]| -> Result<_> {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut())?;
        Ok(graph.register_package(package)?)
    };
    let socket = register("sandpress:tool", tool)?;
    let plug = register("sandpress:encoder", encoder)?;
    wac_graph::plug(&mut graph, vec![plug], socket).context("the encoder does not fit the tool's import")?;
    Ok(graph.encode(EncodeOptions::default())?)
}
