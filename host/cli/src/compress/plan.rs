//! From the command line to a list of jobs: what is read, and where the result goes. Nothing is opened yet.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use sandpress_sandbox::MediaType;

use super::{
    Arguments,
    job::{Destination, Job},
};
use crate::{
    Usage,
    source::{is_stdin, promised},
};

/// All jobs, in the order of the command line; in a folder in the order of names.
///
/// # Errors
///
/// A request that would overwrite a source, or write two images to one file: refused as a whole, before anything is done.
pub(super) fn plan(arguments: &Arguments) -> Result<Vec<Job>> {
    let found = find(arguments)?;
    let sources: HashSet<PathBuf> = found.iter().filter_map(|found| fs::canonicalize(&found.path).ok()).collect();
    let mut taken: HashMap<PathBuf, PathBuf> = HashMap::new();
    let mut jobs = Vec::new();
    for Found { path, relative, optional } in found {
        let mut format = arguments.format.clone();
        let destination = if let Some(output) = &arguments.output {
            format = format.or_else(|| promised(output));
            if is_stdin(output) { Destination::Stdout } else { Destination::File(output.clone()) }
        } else if let Some(folder) = &arguments.out_dir {
            Destination::File(folder.join(renamed(&relative, format.as_ref())))
        } else {
            Destination::InPlace
        };
        if let Destination::File(output) = &destination {
            if fs::canonicalize(output).is_ok_and(|output| sources.contains(&output)) {
                bail!(Usage(format!(
                    "{} is a source and would be overwritten; write elsewhere, or ask for --in-place",
                    output.display()
                )));
            }
            if let Some(other) = taken.insert(output.clone(), path.clone()) {
                bail!(Usage(format!(
                    "{} and {} would both be written to {}; compress them into different folders",
                    other.display(),
                    path.display(),
                    output.display()
                )));
            }
        }
        jobs.push(Job { path, destination, format, optional, force: arguments.force });
    }
    Ok(jobs)
}

/// Whether the image goes to the standard output, so that nothing else may.
pub(super) fn to_stdout(jobs: &[Job]) -> bool {
    jobs.iter().any(|job| matches!(job.destination, Destination::Stdout))
}

/// A file that may be an image.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// Where it lies in the folder that was given; its name if it was given itself.
    pub(crate) relative: PathBuf,
    /// Found in a folder, with a name that promises nothing: no image is no error.
    pub(crate) optional: bool,
}

fn find(arguments: &Arguments) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    // What was written by an earlier run is no source of this one.
    let skip = arguments.out_dir.as_ref().and_then(|folder| fs::canonicalize(folder).ok());
    for path in &arguments.files {
        if path.is_dir() {
            if arguments.output.is_some() {
                bail!(Usage(format!("{} is a folder: use --out-dir instead of --output", path.display())));
            }
            walk(path, path, skip.as_deref(), &mut found)?;
            continue;
        }
        let relative = match path.file_name() {
            Some(_) if is_stdin(path) && arguments.output.is_none() => {
                bail!(Usage("the standard input has no name: use --output".to_owned()))
            }
            Some(name) => PathBuf::from(name),
            None => bail!(Usage(format!("{} names no file", path.display()))),
        };
        found.push(Found { path: path.clone(), relative, optional: false });
    }
    if arguments.output.is_some() && found.len() > 1 {
        bail!(Usage("several images cannot go to one --output: use --out-dir".to_owned()));
    }
    Ok(found)
}

/// Finds the files in a folder and below it. Hidden ones are not looked at, links to folders are not followed: they may go round.
pub(crate) fn walk(folder: &Path, top: &Path, skip: Option<&Path>, found: &mut Vec<Found>) -> Result<()> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = entries.with_context(|| folder.display().to_string())?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            if skip.is_none() || fs::canonicalize(&path).ok().as_deref() != skip {
                walk(&path, top, skip, found)?;
            }
        } else if path.is_file() {
            // Below the folder by the way it was found.
            let relative = path.strip_prefix(top).unwrap_or(&path).to_owned();
            found.push(Found { relative, optional: promised(&path).is_none(), path });
        }
    }
    Ok(())
}

/// The name of the output: the source's own, unless it promises another format than the one wanted.
fn renamed(name: &Path, format: Option<&MediaType>) -> PathBuf {
    match format {
        Some(format) if promised(name).as_ref() != Some(format) => {
            let subtype = || format.as_str().split('/').next_back().unwrap_or_default();
            name.with_extension(OsString::from(format.extension().unwrap_or_else(subtype)))
        }
        _ => name.to_owned(),
    }
}
