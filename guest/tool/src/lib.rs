//! A command for the shell, without a codec of its own.
//!
//! It imports the contract's `codec`. Plugged with an encoder it is complete:
//!
//! ```text
//! wasmtime run sandpress-jpeg.wasm --quality 80 --max-width 2048 < photo.png > photo.jpg
//! ```
//!
//! The image comes in on the standard input and goes out on the standard output; whatever there is to say goes to the
//! standard error. The exit code is 0 for success, 1 for an image or a codec that fails, 2 for arguments that make no sense.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "natively there is nothing to run, only tests"))]

mod arguments;
mod bindings;
mod json;
mod run;
mod settings;

use std::io::Write as _;

use arguments::Usage;
use wasip2::cli::{environment, exit, stderr};

struct Tool;

impl wasip2::exports::cli::run::Guest for Tool {
    fn run() -> Result<(), ()> {
        // The first argument is the program's own name.
        let arguments = environment::get_arguments().into_iter().skip(1);
        let Err(failure) = run::run(arguments) else { return Ok(()) };
        // There is no one left to tell when the standard error is gone as well.
        let _ = writeln!(stderr::get_stderr(), "{failure}");
        if failure.is::<Usage>() {
            exit::exit_with_code(2);
        }
        Err(())
    }
}

#[cfg(target_arch = "wasm32")]
wasip2::cli::command::export!(Tool);
