//! The major versions of the contract, each bound in a module of its own and mapped to one trait.

use std::sync::Arc;

use wasmtime::component::{Component, InstancePre, Linker};

#[cfg(test)]
use crate::v2;
use crate::{
    CallError, Descriptor, Engine, Imports, LoadError, MediaType, Output, Probe, Rendition,
    call::{Start, Store},
    limits::Limiter,
    v1,
};

/// A codec, by whichever version it keeps: maps that version's types to ours.
pub(crate) trait Contract: Send + Sync {
    fn describe(&self, store: &mut Store, start: &mut Start) -> wasmtime::Result<Result<Descriptor, CallError>>;
    fn probe(&self, store: &mut Store, start: &mut Start, head: &[u8]) -> wasmtime::Result<Result<Probe, CallError>>;
    fn compress(
        &self,
        store: &mut Store,
        start: &mut Start,
        input: &[u8],
        renditions: &[Rendition],
    ) -> wasmtime::Result<Result<Vec<Output>, CallError>>;
}

/// A major version that this host knows.
pub(crate) struct Version {
    /// The interface that a codec exports which keeps it.
    pub(crate) interface: &'static str,
    /// Fails for a component that has the interface by name only.
    pub(crate) bind: fn(InstancePre<Limiter>) -> wasmtime::Result<Arc<dyn Contract>>,
}

/// The newest first: a codec that keeps several, for the sake of older hosts, is bound by the newest.
const KNOWN: &[Version] = &[
    #[cfg(test)]
    v2::VERSION,
    v1::VERSION,
];

/// Binds a component by the newest version that it keeps and the host knows, and says by which interface.
pub(crate) fn bind(engine: &Engine, component: &Component) -> Result<(&'static str, Arc<dyn Contract>), LoadError> {
    let keeps = |version: &&Version| component.get_export_index(None, version.interface).is_some();
    let Some(Version { interface, bind }) = KNOWN.iter().find(keeps) else {
        let exports = component.component_type();
        return Err(LoadError::UnknownContract {
            exports: exports.exports(&engine.wasmtime).map(|(name, _)| name.to_owned()).collect(),
            known: KNOWN.iter().map(|version| version.interface.to_owned()).collect(),
        });
    };
    let contract = linker(engine, component).and_then(|linker| linker.instantiate_pre(component)).and_then(bind);
    Ok((interface, contract.map_err(|error| LoadError::Invalid(format!("{error:#}")))?))
}

/// What a component is given: nothing.
fn linker(engine: &Engine, component: &Component) -> wasmtime::Result<Linker<Limiter>> {
    let mut linker = Linker::new(&engine.wasmtime);
    if engine.imports == Imports::Trap {
        linker.define_unknown_imports_as_traps(component)?;
    }
    Ok(linker)
}

/// The most bytes of a text of the codec that is passed on in an error: it is written to logs and sent in messages.
const DETAIL: usize = 1 << 10;

pub(crate) fn detail(mut text: String) -> String {
    if text.len() > DETAIL {
        text.truncate(text.floor_char_boundary(DETAIL));
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

pub(crate) fn media_type(text: &str) -> Result<MediaType, CallError> {
    text.parse().map_err(|_| CallError::BadOutput(format!("`{}` is not a media type", detail(text.to_owned()))))
}

pub(crate) fn media_types(texts: &[String]) -> Result<Vec<MediaType>, CallError> {
    texts.iter().map(|text| media_type(text)).collect()
}

#[cfg(all(test, feature = "compiler"))]
mod tests;
