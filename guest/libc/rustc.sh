#!/bin/sh
# Runs rustc, and for the sandbox compiles names.rs beside this file in the place of the crate libc.
#
# For wasm32-unknown-unknown, which has no C library, that crate is empty; a decoder takes eleven names from it all the same. Cargo
# can replace a crate for all targets only, and the host needs the true one. The standard library, where it is built from source, has
# a way of its own to be built without.
set -eu
here=$(dirname "$0")
rustc=$1
shift
case " $*" in
*'--cfg feature="rustc-dep-of-std"'*) ;;
" --crate-name libc "*"--target wasm32-unknown-unknown"*)
    for argument in "$@"; do
        shift
        case $argument in
        */src/lib.rs) argument=$here/names.rs ;;
        esac
        set -- "$@" "$argument"
    done
    ;;
esac
exec "$rustc" "$@"
