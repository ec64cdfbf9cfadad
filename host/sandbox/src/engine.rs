//! The one configuration of wasmtime, for compiling and for running alike.

use std::sync::Arc;

use wasmtime::{Config, InstanceAllocationStrategy, ModuleVersionStrategy};

use crate::{LoadError, limits::STACK, ticker::Ticker};

/// What native code is stamped with: the whole version of wasmtime, since wasmtime by itself looks at the major version only
/// and would load what a compiler with a known fault has made; and the revision of [`configuration`].
pub const RUNTIME: &str = "wasmtime 48.0.8, sandpress configuration 1";

/// The sandbox's runtime: one for a process. Clones share it.
#[derive(Clone)]
pub struct Engine {
    pub(crate) wasmtime: wasmtime::Engine,
    pub(crate) ticker: Arc<Ticker>,
    pub(crate) imports: Imports,
}

/// What becomes of a component that imports anything: a clock, files, the network. Default: [`Imports::Refuse`].
///
/// An encoder that is made for the sandbox imports nothing. Tools that bring the library of a language with them often leave imports in,
/// used or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Imports {
    /// It is not a codec.
    #[default]
    Refuse,
    /// It is one if it keeps the contract, and it is given nothing: a call of what it imports is a trap that names the function, so that it
    /// can still do no more than compute, and the same input still gives the same bytes.
    Trap,
}

impl Engine {
    /// Sets the runtime up.
    ///
    /// # Errors
    ///
    /// [`LoadError::Engine`] if the machine cannot run it: no memory to reserve, no thread to start.
    pub fn new() -> Result<Self, LoadError> {
        Self::with(&configuration())
    }

    /// Sets the runtime up with a folder where [`Codec::compile`](crate::Codec::compile) keeps what it has made of a component, so that
    /// the next process need not make it again.
    ///
    /// Whoever can write to the folder can run code in this process: give one that belongs to the user alone. It is made if it is not
    /// there. Its path must be absolute. Code is found by the component, the compiler's version and the whole configuration; what has not
    /// been used for long is deleted when the folder grows beyond 512 MiB.
    ///
    /// # Errors
    ///
    /// [`LoadError::Engine`] as for [`new`](Self::new), or if the folder cannot be made.
    #[cfg(feature = "compiler")]
    pub fn with_cache(folder: &std::path::Path) -> Result<Self, LoadError> {
        let mut cache = wasmtime::CacheConfig::new();
        cache.with_directory(folder);
        let cache = wasmtime::Cache::new(cache).map_err(|error| LoadError::Engine(format!("{error:#}")))?;
        let mut config = configuration();
        config.cache(Some(cache));
        Self::with(&config)
    }

    /// The same runtime, which does this with components that import anything. Codecs that are loaded already stay as they are.
    #[must_use]
    pub fn imports(mut self, imports: Imports) -> Self {
        self.imports = imports;
        self
    }

    fn with(config: &Config) -> Result<Self, LoadError> {
        let engine = |error: &dyn ToString| LoadError::Engine(error.to_string());
        let wasmtime = wasmtime::Engine::new(config).map_err(|error| engine(&error))?;
        let ticker = Ticker::start(wasmtime.weak()).map_err(|error| engine(&error))?;
        Ok(Self { wasmtime, ticker: Arc::new(ticker), imports: Imports::default() })
    }
}

/// Every knob that matters, explicit: a default that changes with a version of wasmtime does not change the sandbox.
pub(crate) fn configuration() -> Config {
    let mut config = Config::new();
    config
        // Deadlines by epoch: 13 to 14 % on a whole job where fuel costs 12 to 18 %, and it measures time, which is what is promised.
        .epoch_interruption(true)
        .consume_fuel(false)
        // The same input gives the same bytes on every machine, so nothing that may differ between machines.
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        // What no codec needs stays off: less to be wrong.
        .wasm_threads(false)
        .gc_support(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_memory64(false)
        .wasm_tail_call(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_component_model(true)
        // What connects the parts of a composed component uses both of their memories: without it wasmtime panics when it compiles one.
        .wasm_multi_memory(true)
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_reference_types(true)
        .wasm_extended_const(true)
        // A guard region of 4 GiB makes bounds checks free; memory is never moved, and comes back zeroed by the kernel.
        .memory_reservation(4 << 30)
        .memory_may_move(false)
        .memory_init_cow(true)
        .signals_based_traps(true)
        .max_wasm_stack(STACK)
        .allocation_strategy(InstanceAllocationStrategy::OnDemand)
        // The trap's kind is what we report; names of functions are not in what we ship.
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(4))
        .native_unwind_info(true);
    config
        .module_version(ModuleVersionStrategy::Custom(RUNTIME.to_owned()))
        .map(|_| ())
        // Fails for more than 255 bytes only, and the stamp is a constant that a test looks at.
        .unwrap_or_default();
    #[cfg(feature = "compiler")]
    config.strategy(wasmtime::Strategy::Cranelift).cranelift_opt_level(wasmtime::OptLevel::Speed);
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_names_the_version_of_wasmtime_that_is_built_in() {
        let lock = include_str!("../../../Cargo.lock");
        let (_, package) = lock.split_once("name = \"wasmtime\"\nversion = \"").unwrap();
        let (version, _) = package.split_once('"').unwrap();
        assert!(RUNTIME.starts_with(&format!("wasmtime {version},")), "{RUNTIME} is not of wasmtime {version}");
        assert!(RUNTIME.len() <= 255);
    }
}
