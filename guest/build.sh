#!/bin/sh
# Builds the guests and turns them into components.
#
#   guest/build.sh setup                    make a toolchain for wasm32-unknown-unknown ready
#   guest/build.sh                          build: target/encoders/*.wasm, target/tools/*.wasm, and the judge by which
#                                           encoders are compared: target/judge/encoders/sandpress-judge.wasm
#   FEATURES=heic guest/build.sh            build with features of guest/raster that are off otherwise: HEIC in
#   guest/build.sh decoder                  build what the benchmark of decoding runs: target/decoder/encoders/*.wasm
#   guest/build.sh fuzz                     build encoders that count what of them runs: target/fuzz/encoders/*.wasm
#   guest/build.sh in FOLDER                build somebody's encoder in a folder of its own, with nothing of ours
#
# The toolchain is rustup's where its server can be reached, else Debian's: its compiler for WebAssembly, with the standard library
# built from source. Encoders in C need a clang that knows WebAssembly too, by another name than `clang` if CC_wasm32_unknown_unknown
# says so; without one the others are built.
set -eu
cd "$(dirname "$0")/.."

ENCODERS="sandpress-jpeg"
ENCODERS_IN_C="sandpress-avif sandpress-png sandpress-webp"
TARGET=wasm32-unknown-unknown
# Apart from the host's: another compiler may fill it.
FOLDER=target/guest
DEBIAN="rustc-web cargo-web rust-web-src lld"
CLANG=${CC_wasm32_unknown_unknown:-clang}
# Of a C library only what libwebp and libaom ask for is there, and their SIMD is in SSE's words: both are told in these headers.
INCLUDE=guest/libc/include
# What makes components, of our modules and, for the tests, of others': built together, with one set of features.
ASSEMBLE="-p sandpress-assemble -p sandpress-foreign"
# What only encoders for fuzzing have: LLVM adds a counter to each edge between two blocks, in Rust and in C alike.
COUNTING=
COUNTING_IN_C=

has_target() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/$TARGET/lib" ]
}

has_debian() {
    # shellcheck disable=SC2086 # A list of packages.
    dpkg-query --show --showformat='${db:Status-Status}\n' $DEBIAN 2>/dev/null | grep -c '^installed$' | grep -qx 4
}

has_clang() {
    echo '#include <wasm_simd128.h>' \
        | "$CLANG" --target="$TARGET" -msimd128 -fsyntax-only -isystem "$INCLUDE" -x c - 2>/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

setup() {
    has_target || rustup target add "$TARGET" || {
        echo "rustup cannot add $TARGET; taking Debian's compiler instead" >&2
        has_debian || {
            # shellcheck disable=SC2086
            as_root apt-get update -q && as_root apt-get install -y -q --no-install-recommends $DEBIAN
        }
    }
    has_clang || {
        as_root apt-get update -q && as_root apt-get install -y -q --no-install-recommends clang && has_clang
    } || echo "no clang that compiles for $TARGET: $ENCODERS_IN_C will not be built" >&2
}

# Builds packages for the sandbox with whichever toolchain there is.
build() {
    set -- build --profile guest --target "$TARGET" --target-dir "$FOLDER" --locked "$@"
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-feature=+simd128 $COUNTING"
    export CC_wasm32_unknown_unknown="$CLANG" CC_SHELL_ESCAPED_FLAGS=1
    # Only where it takes the compiler for Emscripten's does libwebp use SIMD that it cannot ask the processor for. The checksum is
    # there because cargo notices other flags, and not other headers.
    CFLAGS_wasm32_unknown_unknown="-msimd128 -DEMSCRIPTEN -DWEBP_USE_SSE2 -isystem '$PWD/$INCLUDE'"
    CFLAGS_wasm32_unknown_unknown="$CFLAGS_wasm32_unknown_unknown -DHEADERS=$(cat $INCLUDE/* | cksum | cut -d ' ' -f 1) $COUNTING_IN_C"
    export CFLAGS_wasm32_unknown_unknown
    export RUSTC_WRAPPER="$PWD/guest/libc/rustc.sh"
    for_the_sandbox "$@"
}

# Runs cargo with whichever toolchain there is.
for_the_sandbox() {
    if has_target; then
        cargo "$@"
    else
        # rustup brings a linker of its own.
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
            /usr/bin/cargo "$@" -Zbuild-std=std,panic_abort
    fi
}

assemble() {
    target/release/sandpress-assemble --modules "$FOLDER/$TARGET/guest" "$@"
}

# Builds the encoders that can be built here, and other packages given by name.
encoders() {
    if has_clang; then
        ENCODERS="$ENCODERS $ENCODERS_IN_C"
    else
        echo "no clang that compiles for $TARGET: $ENCODERS_IN_C are not built" >&2
    fi
    # shellcheck disable=SC2046,SC2086
    build $(printf -- '-p %s ' $ENCODERS) "$@"
    # shellcheck disable=SC2086
    cargo build --release --locked $ASSEMBLE
}

case "${1:-}" in
setup)
    setup
    ;;
in)
    cd "$2"
    for_the_sandbox build --release --target "$TARGET"
    ;;
fuzz)
    FOLDER=target/fuzz/guest
    COUNTING="-C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=3"
    COUNTING="$COUNTING -C llvm-args=-sanitizer-coverage-inline-8bit-counters"
    COUNTING_IN_C="-fsanitize-coverage=edge,inline-8bit-counters"
    encoders --features sandpress-raster/coverage
    # shellcheck disable=SC2086
    assemble --out target/fuzz $ENCODERS
    ;;
decoder)
    build -p sandpress-decoder
    # shellcheck disable=SC2086
    cargo build --release --locked $ASSEMBLE
    assemble --out target/decoder sandpress-decoder
    ;;
"")
    # shellcheck disable=SC2086
    encoders -p sandpress-tool -p sandpress-judge -p sandpress-misbehaving -p sandpress-contract-2 \
        ${FEATURES:+--features "sandpress-raster/$FEATURES"}
    # shellcheck disable=SC2086
    assemble --out target --tool sandpress-tool $ENCODERS
    assemble --out target/judge sandpress-judge
    assemble --out target/misbehaving sandpress-misbehaving
    assemble --out target/contract-2 sandpress-contract-2
    ;;
*)
    sed -n '2,14s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
