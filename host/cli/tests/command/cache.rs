//! Where compiled encoders are kept.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::sandpress::{Folder, Run, command, image, run};

/// Looks at an image, with nothing said about a cache but this.
fn probe(variables: &[(&str, &Path)]) -> Run {
    let mut command: Command = command();
    command.env_remove("SANDPRESS_CACHE").env_remove("XDG_CACHE_HOME").env_remove("HOME");
    run(command.envs(variables.iter().copied()).arg("probe").arg(image("graphic.png")), &[])
}

/// Every file below a folder: none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn an_encoder_is_compiled_once_and_a_damaged_cache_does_no_harm() {
    let folder = Folder::new();
    let cache = folder.path("cache");
    probe(&[("SANDPRESS_CACHE", &cache)]).exits_with(0);
    let code = |files: Vec<PathBuf>| -> Vec<_> {
        files.into_iter().filter(|file| file.metadata().unwrap().len() > 100_000).collect()
    };
    let kept = code(files(&cache));
    assert_eq!(kept.len(), 1, "the code of one encoder");
    let made = kept[0].metadata().unwrap().modified().unwrap();
    probe(&[("SANDPRESS_CACHE", &cache)]).exits_with(0);
    assert_eq!(code(files(&cache)), kept);
    assert_eq!(kept[0].metadata().unwrap().modified().unwrap(), made, "it is not made again");

    fs::write(&kept[0], "no code").unwrap();
    probe(&[("SANDPRESS_CACHE", &cache)]).exits_with(0);
    assert_eq!(code(files(&cache)), kept, "it is made again");
}

#[test]
fn the_users_own_cache_is_taken_where_there_is_one() {
    let folder = Folder::new();
    let (home, caches) = (folder.path("home"), folder.path("caches"));
    fs::create_dir(&home).unwrap();
    probe(&[("HOME", &home), ("SANDPRESS_CACHE", Path::new(""))]).exits_with(0);
    assert_eq!(files(&home), Vec::<PathBuf>::new(), "an empty name is no cache");
    probe(&[("HOME", &home)]).exits_with(0);
    assert_ne!(files(&home.join(".cache/sandpress")), Vec::<PathBuf>::new());
    probe(&[("HOME", &home), ("XDG_CACHE_HOME", &caches)]).exits_with(0);
    assert_ne!(files(&caches.join("sandpress")), Vec::<PathBuf>::new());
    probe(&[("XDG_CACHE_HOME", Path::new("/dev/null/caches"))]).exits_with(0);
}

#[test]
fn a_cache_that_is_asked_for_and_cannot_be_is_an_error() {
    probe(&[("SANDPRESS_CACHE", Path::new("/dev/null/cache"))])
        .exits_with(1)
        .says(&["SANDPRESS_CACHE=/dev/null/cache"]);
}
