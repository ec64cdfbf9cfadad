//! Compiles a component in a process of its own, under limits: what comes from others may be made to keep a compiler busy.

use std::{
    env,
    io::{Read as _, Write as _},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use sandpress_sandbox::precompile;

use super::compile::TargetName;
use crate::{Done, stdout};

/// Bytes of memory of its own that a compiler may take: eight times what the largest encoder here needs.
const MEMORY: u64 = 2 << 30;

/// Seconds of all processors together that it may take: for that one they are about ten.
const TIME: u64 = 10 * 60;

/// Compile the component on the standard input, and write its native code to the standard output
#[derive(Args)]
pub(crate) struct Arguments {
    #[arg(long, value_enum)]
    target: TargetName,
}

/// What the other process does.
pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    limit()?;
    let mut component = Vec::new();
    std::io::stdin().lock().read_to_end(&mut component)?;
    stdout::write(precompile(&component, arguments.target.into())?)?;
    Ok(Done::All)
}

#[cfg(unix)]
fn limit() -> Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    for (resource, most) in [(Resource::Data, MEMORY), (Resource::Cpu, TIME)] {
        // What is set already may be less.
        let maximum = getrlimit(resource).maximum.map_or(most, |maximum| maximum.min(most));
        setrlimit(resource, Rlimit { current: Some(maximum), maximum: Some(maximum) })
            .context("the compiler's limits")?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn limit() -> Result<()> {
    Ok(())
}

/// Native code of a component for a machine.
pub(super) fn compile(component: &[u8], target: TargetName) -> Result<Vec<u8>> {
    let program = env::current_exe().context("the program's own path")?;
    let mut child = Command::new(program)
        .args(["encoder", "native", "--target", target.name()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the compiler's process")?;
    let stdin = child.stdin.take();
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            // A compiler that is killed reads no more, and is told of below.
            let _ = stdin.map(|mut stdin| stdin.write_all(component));
        });
        child.wait_with_output()
    });
    let output = output.context("the compiler's process")?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("error: ");
    if output.status.code().is_some() && !said.is_empty() {
        bail!("{said}");
    }
    bail!(
        "the compiler was ended, {}: it may take {} GiB of memory and {} minutes of processors",
        output.status,
        MEMORY >> 30,
        TIME / 60
    )
}
