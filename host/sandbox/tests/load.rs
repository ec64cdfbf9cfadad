//! What is not a codec is refused when it is loaded, with the reason.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy knows tests by their attribute, not their helpers")]

use sandpress_sandbox::{Codec, Engine, Imports, LoadError, Target, precompile};

/// The contract's interface, as far as its name.
const CODEC: &str = "sandpress:codec/codec@1.0.0";

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn refused(component: &[u8]) -> LoadError {
    Codec::compile(&Engine::new().unwrap(), component).unwrap_err()
}

#[test]
fn a_component_that_imports_anything_is_refused_with_the_names() {
    for (text, names) in [
        (r#"(component (import "wasi:random/random@0.2.0" (instance)))"#, vec!["wasi:random/random@0.2.0"]),
        (r#"(component (import "log" (func)))"#, vec!["log"]),
        (r#"(component (import "b" (func)) (import "a" (core module)))"#, vec!["b", "a"]),
        // Exporting the contract excuses nothing.
        (
            r#"(component (import "log" (func)) (instance $codec) (export "sandpress:codec/codec@1.0.0" (instance $codec)))"#,
            vec!["log"],
        ),
    ] {
        let error = refused(&component(text));
        assert!(matches!(&error, LoadError::Imports(found) if *found == names), "{text}: {error}");
        assert!(error.to_string().contains("a codec must import nothing"), "{error}");
    }
}

#[test]
fn native_code_of_a_component_that_imports_anything_is_refused_too() {
    let native_code = precompile(&component(r#"(component (import "log" (func)))"#), Target::Host).unwrap();
    let digest = sandpress_sandbox::Digest::of(&native_code);
    let error = Codec::load(&Engine::new().unwrap(), &native_code, digest).unwrap_err();
    assert!(matches!(&error, LoadError::Imports(names) if names == &["log"]), "{error}");
}

#[test]
fn imports_are_let_in_by_the_engine_that_says_so_only() {
    let strict = Engine::new().unwrap();
    let lenient = strict.clone().imports(Imports::Trap);
    let logging = component(r#"(component (import "log" (func)))"#);
    let refused = |engine: &Engine, component: &[u8]| Codec::compile(engine, component).unwrap_err();
    assert!(matches!(refused(&lenient, &logging), LoadError::UnknownContract { .. }), "it is no codec all the same");
    assert!(matches!(refused(&strict, &logging), LoadError::Imports(_)));
    assert!(matches!(refused(&lenient.imports(Imports::Refuse), &logging), LoadError::Imports(_)));
}

#[test]
fn a_component_without_a_contract_that_is_known_is_refused_with_what_it_exports() {
    for (text, exported) in [
        ("(component)", vec![]),
        (
            r#"(component (instance $i) (export "sandpress:codec/codec@2.0.0" (instance $i)))"#,
            vec!["sandpress:codec/codec@2.0.0"],
        ),
        (r#"(component (instance $i) (export "codec" (instance $i)))"#, vec!["codec"]),
    ] {
        match refused(&component(text)) {
            LoadError::UnknownContract { exports, known } => {
                assert_eq!(exports, exported, "{text}");
                assert_eq!(known, [CODEC]);
            }
            other => panic!("{text}: {other}"),
        }
    }
}

#[test]
fn the_contract_by_name_only_is_refused_with_what_is_missing() {
    let text = format!(
        r#"(component (instance $empty) (export "sandpress:codec/types@1.0.0" (instance $empty)) (export "{CODEC}" (instance $empty)))"#
    );
    match refused(&component(&text)) {
        LoadError::Invalid(reason) => assert!(reason.contains("describe") || reason.contains("probe"), "{reason}"),
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_not_a_component_is_refused() {
    let whole = component(r#"(component (core module (func (export "f"))))"#);
    let table: [(&str, &[u8]); 5] = [
        ("nothing", b""),
        ("text", b"this is no component"),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"),
        ("a core module", &component(r#"(module (func (export "describe")))"#)),
        ("a truncated component", &whole[..whole.len() - 3]),
    ];
    for (what, bytes) in table {
        let error = refused(bytes);
        assert!(matches!(error, LoadError::Invalid(_)), "{what}: {error}");
        let error = precompile(bytes, Target::Host).unwrap_err();
        assert!(matches!(error, LoadError::Invalid(_)), "{what}, compiled ahead: {error}");
    }
}

/// Wasmtime makes an adapter between them that uses the memories of both.
#[test]
fn a_component_composed_of_others_is_compiled_like_any_other() {
    let text = r#"(component
        (component $inner
            (core module $m (memory (export "memory") 1) (func (export "f") (param i32 i32))
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))
            (core instance $i (instantiate $m))
            (func (export "f") (param "text" string)
                (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
        (component $outer
            (import "f" (func $f (param "text" string)))
            (core module $memory (memory (export "memory") 1))
            (core instance $memory (instantiate $memory))
            (core func $f (canon lower (func $f) (memory (core memory $memory "memory"))))
            (core module $m (import "" "f" (func (param i32 i32))) (func (export "g") i32.const 0 i32.const 0 call 0))
            (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
            (func (export "g") (canon lift (core func $i "g"))))
        (instance $inner (instantiate $inner))
        (instance $outer (instantiate $outer (with "f" (func $inner "f"))))
        (export "g" (func $outer "g")))"#;
    match refused(&component(text)) {
        LoadError::UnknownContract { exports, .. } => assert_eq!(exports, ["g"]),
        other => panic!("{other}"),
    }
}

/// Each is a proposal that wasmtime may one day turn on by default.
#[test]
fn features_that_no_codec_needs_are_off() {
    for (what, module) in [
        ("threads", "(module (memory 1 1 shared))"),
        ("64-bit memories", "(module (memory i64 1))"),
        ("tail calls", "(module (func $f return_call $f))"),
        ("exceptions", "(module (tag))"),
        ("typed function references", "(module (type $t (func)) (func (param (ref $t))))"),
        ("garbage collection", "(module (type (struct)))"),
        ("page sizes", "(module (memory 1 (pagesize 1)))"),
        (
            "wide arithmetic",
            "(module (func (param i64 i64 i64 i64) (result i64 i64) local.get 0 local.get 1 local.get 2 local.get 3 i64.add128))",
        ),
        (
            "relaxed SIMD, which may differ between machines",
            "(module (func (param v128 v128) (result v128) local.get 0 local.get 1 i8x16.relaxed_swizzle))",
        ),
        ("asynchronous functions", ""),
    ] {
        let text = match module.strip_prefix("(module") {
            Some(rest) => format!("(component (core module{rest})"),
            None => r#"(component (core module $m (func (export "f") (result i32) unreachable)) (core instance $i (instantiate $m))
                (func (canon lift (core func $i "f") async)))"#
                .to_owned(),
        };
        let error = refused(&component(&text));
        assert!(matches!(error, LoadError::Invalid(_)), "{what}: {error}");
    }
    // What is on: or all of the above would be refused for another reason.
    let simd = "(component (core module (func (param v128 v128) (result v128) local.get 0 local.get 1 i8x16.swizzle)))";
    assert!(matches!(refused(&component(simd)), LoadError::UnknownContract { .. }));
}
