//! In the place of `wasm-bindgen`, which binds a module to JavaScript.
//!
//! Of `rav1e`, the crate `v_frame` puts its attribute on a type where the target is wasm32-unknown-unknown, and with it go imports into
//! the module that no component may have and that nothing calls. This attribute leaves the type as it is.

/// What is imported by all who use the crate.
pub mod prelude {
    pub use noop_proc_macro::wasm_bindgen;
}
