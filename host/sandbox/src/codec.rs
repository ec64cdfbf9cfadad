//! A codec: a component that keeps the contract.

use std::sync::Arc;

use wasmtime::component::{Component, types::ComponentItem};

use crate::{
    CallError, Descriptor, Digest, Engine, Imports, Limits, LoadError, Output, Probe, Rendition, Usage, call, check,
    contract::{self, Contract},
    native,
};

/// A loaded codec. Clones share it.
#[derive(Clone)]
pub struct Codec {
    engine: Engine,
    component: Component,
    interface: &'static str,
    contract: Arc<dyn Contract>,
}

/// The result of [`Codec::describe`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Described {
    /// The codec's account of itself.
    pub descriptor: Descriptor,
    /// What the call used.
    pub usage: Usage,
}

/// The result of [`Codec::probe`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Probed {
    /// What the beginning of the file tells.
    pub probe: Probe,
    /// What the call used.
    pub usage: Usage,
}

/// The result of [`Codec::compress`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compressed {
    /// One for each rendition, in their order.
    pub outputs: Vec<Output>,
    /// What the call used.
    pub usage: Usage,
}

impl Codec {
    /// Compiles a component and loads it.
    ///
    /// # Errors
    ///
    /// [`LoadError::Invalid`], [`LoadError::Imports`] or [`LoadError::UnknownContract`].
    #[cfg(feature = "compiler")]
    pub fn compile(engine: &Engine, component: &[u8]) -> Result<Self, LoadError> {
        let component = Component::from_binary(&engine.wasmtime, component)
            .map_err(|error| LoadError::Invalid(format!("{error:#}")))?;
        Self::new(engine, &component)
    }

    /// Loads native code that was compiled ahead, after checking that it has this digest.
    ///
    /// The digest says whom the code is from: take it from where nobody but the operator writes.
    ///
    /// # Errors
    ///
    /// [`LoadError::Digest`], [`LoadError::NativeCode`], or those of a component that is not a codec.
    pub fn load(engine: &Engine, native_code: &[u8], digest: Digest) -> Result<Self, LoadError> {
        Self::new(engine, &native::load(engine, native_code, digest)?)
    }

    fn new(engine: &Engine, component: &Component) -> Result<Self, LoadError> {
        let imports = imports(engine, component);
        if engine.imports == Imports::Refuse && !imports.is_empty() {
            return Err(LoadError::Imports(imports));
        }
        let (interface, contract) = contract::bind(engine, component)?;
        Ok(Self { engine: engine.clone(), component: component.clone(), interface, contract })
    }

    /// The native code that runs here, as [`load`](Self::load) takes it on a machine like this one.
    ///
    /// # Errors
    ///
    /// [`LoadError::Engine`] where the runtime cannot give it.
    pub fn native_code(&self) -> Result<Vec<u8>, LoadError> {
        self.component.serialize().map_err(|error| LoadError::Engine(format!("{error:#}")))
    }

    /// The version of the contract that the codec keeps, as the name of the interface that it exports.
    pub fn contract(&self) -> &'static str {
        self.interface
    }

    /// The names of what the component imports and does not get; none, unless the [`Engine`] that loaded it lets such a component in.
    pub fn imports(&self) -> Vec<String> {
        imports(&self.engine, &self.component)
    }

    /// The codec's account of itself.
    ///
    /// # Errors
    ///
    /// [`CallError`], if the codec misbehaves.
    pub fn describe(&self, limits: &Limits) -> Result<Described, CallError> {
        let (descriptor, usage) = call::run(&self.engine, limits, |store, start| self.contract.describe(store, start))?;
        Ok(Described { descriptor, usage })
    }

    /// What the image is, from the beginning of its file: 4 KiB are enough for most.
    ///
    /// # Errors
    ///
    /// [`CallError`], if the codec misbehaves.
    pub fn probe(&self, head: &[u8], limits: &Limits) -> Result<Probed, CallError> {
        let (probe, usage) = call::run(&self.engine, limits, |store, start| self.contract.probe(store, start, head))?;
        if let Probe::NeedMore(bytes) = probe {
            check::need_more(head, bytes)?;
        }
        Ok(Probed { probe, usage })
    }

    /// Makes each of the renditions from the input, as it would be made alone.
    ///
    /// What comes back is checked: as many outputs as renditions, each of the format asked for by its first bytes, of the
    /// dimensions that it says it has, inside of the box asked for, and within `max_bytes`.
    ///
    /// # Errors
    ///
    /// [`CallError::Codec`] if the codec refuses, else what it did wrong.
    pub fn compress(&self, input: &[u8], renditions: &[Rendition], limits: &Limits) -> Result<Compressed, CallError> {
        let (outputs, usage) =
            call::run(&self.engine, limits, |store, start| self.contract.compress(store, start, input, renditions))?;
        check::outputs(renditions, &outputs, limits)?;
        Ok(Compressed { outputs, usage })
    }
}

/// A type that is imported cannot do anything; everything else that is imported can.
fn imports(engine: &Engine, component: &Component) -> Vec<String> {
    let kind = component.component_type();
    let imports = kind.imports(&engine.wasmtime).filter(|(_, import)| !matches!(import.ty, ComponentItem::Type(_)));
    imports.map(|(name, _)| name.to_owned()).collect()
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codec").finish_non_exhaustive()
    }
}
