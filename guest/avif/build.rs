//! Compiles libaom, of the sources that the crate `libaom-sys` carries: of its encoder what still pictures need.
//!
//! That crate is never built itself: it asks for CMake, knows of no target like the sandbox, and compiles what is not needed here.
//! libaom's own scripts are run where they can be: what it may be told to leave out is read from CMake's file, and the headers that
//! say which variant of a function is called are made by its script in Perl.
#![allow(clippy::expect_used, clippy::panic, reason = "a build that cannot go on says so and ends")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// Folders whose files are compiled.
const FOLDERS: [&str; 10] = [
    "aom/src",
    "aom_dsp",
    "aom_dsp/flow_estimation",
    "aom_mem",
    "aom_scale/generic",
    "aom_util",
    "av1/common",
    "av1/encoder",
    "third_party/fastfeat",
    "third_party/vector",
];

/// Those whose files are written in terms of SSE: see `guest/libc/include`.
const SIMD_FOLDERS: [&str; 3] = ["aom_dsp/x86", "av1/common/x86", "av1/encoder/x86"];

/// Files in these folders that decode, measure, experiment, or handle pictures that move.
const LEFT_OUT: [&str; 33] = [
    "aom_decoder",
    "aom_dsp_rtcd",
    "av1_convolve_scale_sse4",
    "av1_rtcd",
    "av1_temporal_denoiser",
    "av1_temporal_denoiser_sse2",
    "binary_codes_reader",
    "bitreader",
    "bitreader_buffer",
    "blockiness",
    "butteraugli",
    "cdef_block_ssse3",
    "debug_util",
    "entdec",
    "fastssim",
    "fft_sse2",
    "highbd_temporal_filter_sse2",
    "highbd_variance_sse2",
    "jnt_sad_sse2",
    "masked_sad_intrin_ssse3",
    "masked_variance_intrin_ssse3",
    "ml_sse3",
    "obmc_sad_sse4",
    "obmc_variance_sse4",
    "optical_flow",
    "psnrhvs",
    "saliency_map",
    "sparse_linear_solver",
    "temporal_filter_sse2",
    "thirdpass",
    "tune_butteraugli",
    "tune_vmaf",
    "vmaf",
];

/// What differs from the configuration that libaom has by itself.
const CONFIGURATION: [(&str, u8); 6] = [
    ("CONFIG_AV1_DECODER", 0),
    ("CONFIG_LIBYUV", 0),
    ("CONFIG_MULTITHREAD", 0),
    ("CONFIG_RUNTIME_CPU_DETECT", 0),
    ("CONFIG_SVT_AV1", 0),
    ("CONFIG_WEBM_IO", 0),
];

/// Questions of libaom's headers that have one answer for a still picture in one pass. Once the compiler knows, most of what handles
/// pictures that move is called by nothing and left out.
const ANSWERS: [(&str, &str, u8); 6] = [
    ("av1/common/av1_common_int.h", "frame_is_intra_only", 1),
    ("av1/common/blockd.h", "has_second_ref", 0),
    ("av1/encoder/encoder.h", "is_one_pass_rt_params", 0),
    ("av1/encoder/encoder.h", "is_stat_consumption_stage", 0),
    ("av1/encoder/encoder.h", "is_stat_consumption_stage_twopass", 0),
    ("av1/encoder/encoder.h", "is_stat_generation_stage", 0),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/libaom");
    // Clippy looks at Rust and links nothing: minutes less.
    if env::var("RUSTC_WORKSPACE_WRAPPER").is_ok_and(|wrapper| wrapper.contains("clippy")) {
        return;
    }
    let is_sandbox = variable("CARGO_CFG_TARGET_ARCH") == "wasm32";
    let out = PathBuf::from(variable("OUT_DIR"));
    let aom = sources();
    configure(&aom, &out.join("config"), is_sandbox);
    answer(&aom, &out);

    let mut files: Vec<PathBuf> = FOLDERS.iter().flat_map(|folder| files(&aom.join(folder))).collect();
    files.push(aom.join("av1/av1_cx_iface.c"));
    files.push(aom.join("av1/arg_defs.c"));
    files.push(aom.join("common/args_helper.c"));
    files.push(PathBuf::from("src/libaom/still.c"));
    if is_sandbox {
        let simd = SIMD_FOLDERS.iter().flat_map(|folder| files_of_sse(&aom.join(folder)));
        files.extend(simd);
    }
    let mut build = cc::Build::new();
    build.files(files).include(&out).include(&aom).warnings(false);
    // Each machine is to make the same bytes.
    build.flag("-ffp-contract=off");
    // Natively there are tests: this is faster to build, and fast enough.
    build.opt_level(if is_sandbox { 2 } else { 1 });
    build.compile("aom");
}

/// libaom, where Cargo has put it.
fn sources() -> PathBuf {
    let metadata = Command::new(variable("CARGO"))
        .args(["metadata", "--locked", "--format-version=1", "--features=libaom-sys", "--filter-platform"])
        .arg(variable("HOST"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo metadata runs");
    assert!(metadata.status.success(), "cargo metadata fails");
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).expect("cargo metadata writes JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let package = packages.iter().find(|package| package["name"] == "libaom-sys").expect("one is libaom-sys");
    let manifest = package["manifest_path"].as_str().expect("it has a manifest");
    Path::new(manifest).with_file_name("vendor")
}

/// The C files of a folder that are needed.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "c") && !LEFT_OUT.contains(&stem(file)));
    files.sort();
    files
}

fn files_of_sse(folder: &Path) -> Vec<PathBuf> {
    let mut files = files(folder);
    files.retain(|file| ["sse2", "ssse3", "sse4"].iter().any(|set| stem(file).ends_with(set)));
    files
}

fn stem(file: &Path) -> &str {
    file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// Writes the headers that libaom's CMake would.
fn configure(aom: &Path, to: &Path, is_sandbox: bool) {
    fs::create_dir_all(to).expect("a folder can be made");
    let defaults =
        fs::read_to_string(aom.join("build/cmake/aom_config_defaults.cmake")).expect("the defaults are there");
    let simd =
        ["HAVE_SSE", "HAVE_SSE2", "HAVE_SSE3", "HAVE_SSSE3", "HAVE_SSE4_1"].map(|name| (name, u8::from(is_sandbox)));
    // Texts in quotes are not for C.
    let mut words = defaults.split(['(', ' ', '\n']).filter(|word| !word.is_empty());
    let mut header = String::new();
    while let Some(word) = words.next() {
        if word != "set_aom_config_var" && word != "set_aom_detect_var" {
            continue;
        }
        let (Some(name), Some(value)) = (words.next(), words.next()) else { break };
        let told = CONFIGURATION.iter().chain(&simd).find(|told| told.0 == name).map(|told| told.1);
        if let Some(value) = told.or_else(|| value.parse().ok()) {
            header += &format!("#define {name} {value}\n");
        }
    }
    let config = to.join("aom_config.h");
    fs::write(&config, header).expect("a header can be written");
    fs::write(
        to.join("aom_version.h"),
        "#define VERSION_PACKED 0\n#define VERSION_STRING_NOSP \"\"\n#define VERSION_EXTRA \"\"\n",
    )
    .expect("a header can be written");
    let tables = [
        ("aom_dsp", "aom_dsp/aom_dsp_rtcd_defs.pl"),
        ("aom_scale", "aom_scale/aom_scale_rtcd.pl"),
        ("av1", "av1/common/av1_rtcd_defs.pl"),
    ];
    for (name, table) in tables {
        let made = Command::new("perl")
            .arg(aom.join("build/cmake/rtcd.pl"))
            .arg(if is_sandbox { "--arch=x86" } else { "--arch=plain" })
            .args(["--disable-sse4_2", "--disable-avx", "--disable-avx2"])
            .arg(format!("--sym={name}_rtcd"))
            .arg(format!("--config={}", config.display()))
            .arg(aom.join(table))
            .arg("src/libaom/plain.pl")
            .stderr(Stdio::inherit())
            .output()
            .expect("Perl runs, which libaom makes headers with");
        assert!(made.status.success(), "{table} is not understood");
        fs::write(to.join(format!("{name}_rtcd.h")), made.stdout).expect("a header can be written");
    }
}

/// Writes the headers with the answers in them, to be found before libaom's own.
fn answer(aom: &Path, to: &Path) {
    let mut headers = BTreeMap::new();
    for (header, question, answer) in ANSWERS {
        let text = headers
            .entry(header)
            .or_insert_with(|| fs::read_to_string(aom.join(header)).expect("libaom has the header"));
        let start = text.find(&format!("static inline int {question}(")).expect("the header has the question");
        let body = start + text[start..].find('{').expect("a function has a body") + 1;
        text.insert_str(body, &format!(" return {answer};"));
    }
    for (header, text) in headers {
        let path = to.join(header);
        fs::create_dir_all(path.parent().expect("a header is in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a header can be written");
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("Cargo tells {name}"))
}
