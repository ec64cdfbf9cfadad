//! Where encoders are found.

use std::{fs, process::Command};

use crate::sandpress::{Folder, command, encoder, image, run};

/// The command in a place of its own, without a word of where encoders are.
fn installed(folder: &Folder) -> Command {
    let program = folder.path("bin/sandpress");
    fs::create_dir_all(folder.path("bin")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_sandpress"), &program).unwrap();
    let mut command = Command::new(program);
    command.env_remove("SANDPRESS_ENCODERS");
    command
}

#[test]
fn encoders_are_found_where_they_are_built_and_where_they_are_installed() {
    for place in ["encoders", "share/sandpress/encoders"] {
        let folder = Folder::new();
        fs::create_dir_all(folder.path(place)).unwrap();
        fs::copy(encoder("sandpress-png"), folder.path(place).join("sandpress-png.wasm")).unwrap();
        run(installed(&folder).arg("probe").arg(image("graphic.png")), &[]).exits_with(0);
    }
}

#[test]
fn without_encoders_an_error_says_what_to_do() {
    let folder = Folder::new();
    run(installed(&folder).arg("probe").arg(image("graphic.png")), &[]).exits_with(1).says(&[
        "no encoders in",
        "make components",
        "--encoders",
        "SANDPRESS_ENCODERS",
    ]);
    let probe = |encoders: &str| run(command().args(["probe", "a.png", "--encoders"]).arg(folder.path(encoders)), &[]);
    probe("nowhere").exits_with(1).says(&["nowhere: no folder of encoders", "--encoders"]);
    probe("bin").exits_with(1).says(&["bin: there is no encoder"]);
}

#[test]
fn only_the_encoder_that_is_needed_is_compiled() {
    let folder = Folder::new();
    fs::copy(encoder("sandpress-jpeg"), folder.path("sandpress-jpeg.wasm")).unwrap();
    fs::write(folder.path("broken-png.wasm"), "no component").unwrap();
    let encoders = folder.path("");
    run(command().arg("probe").arg(image("rotated.jpg")).arg("--encoders").arg(&encoders), &[]).exits_with(0);
    run(command().arg("probe").arg(image("graphic.png")).arg("--encoders").arg(&encoders), &[])
        .exits_with(1)
        .says(&["broken-png.wasm: not a component"]);
}

#[test]
fn a_format_that_no_encoder_makes_is_refused_with_those_that_there_are() {
    let folder = Folder::new();
    let out = folder.path("out.jxl");
    run(command().arg("compress").arg(image("rotated.jpg")).arg("-o").arg(out).args(["--format", "image/jxl"]), &[])
        .exits_with(1)
        .says(&["rotated.jpg: no encoder in", "makes image/jxl", "image/jpeg"]);
}
