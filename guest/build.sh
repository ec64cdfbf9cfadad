#!/bin/sh
# Builds the guests and turns them into components.
#
#   guest/build.sh setup                    make a toolchain for wasm32-unknown-unknown ready
#   guest/build.sh                          build: target/encoders/*.wasm and target/tools/*.wasm
#
# The toolchain is rustup's where its server can be reached, else Debian's: its compiler for WebAssembly, with the standard library
# built from source.
set -eu
cd "$(dirname "$0")/.."

ENCODERS="sandpress-jpeg sandpress-png"
TARGET=wasm32-unknown-unknown
# Apart from the host's: another compiler may fill it.
FOLDER=target/guest
DEBIAN="rustc-web cargo-web rust-web-src lld"

has_target() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/$TARGET/lib" ]
}

has_debian() {
    # shellcheck disable=SC2086 # A list of packages.
    dpkg-query --show --showformat='${db:Status-Status}\n' $DEBIAN 2>/dev/null | grep -c '^installed$' | grep -qx 4
}

setup() {
    has_target || rustup target add "$TARGET" || {
        echo "rustup cannot add $TARGET; taking Debian's compiler instead" >&2
        has_debian || {
            as_root=$([ "$(id -u)" = 0 ] || echo sudo)
            # shellcheck disable=SC2086
            $as_root apt-get update -q && $as_root apt-get install -y -q --no-install-recommends $DEBIAN
        }
    }
}

# Builds packages for the sandbox with whichever toolchain there is.
build() {
    set -- build --profile guest --target "$TARGET" --target-dir "$FOLDER" --locked "$@"
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-feature=+simd128"
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

case "${1:-}" in
setup)
    setup
    ;;
"")
    packages=$(printf -- '-p %s ' $ENCODERS sandpress-tool sandpress-misbehaving)
    # shellcheck disable=SC2086
    build $packages
    cargo build --release --locked -p sandpress-assemble
    # shellcheck disable=SC2086
    assemble --out target --tool sandpress-tool $ENCODERS
    assemble --out target/misbehaving sandpress-misbehaving
    ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
