//! Where it was measured.

use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Processors, memory, kernel, and the file system that `folder` is on; nobody's names.
pub(crate) fn describe(folder: &Path) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let model =
        field(&fs::read_to_string("/proc/cpuinfo")?, "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = field(&fs::read_to_string("/proc/meminfo")?, "MemTotal").context("Linux says MemTotal")?;
    let gib = memory.trim_end_matches(" kB").parse::<u64>()? / 1024 / 1024;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    // The part before the first hyphen is Linux's own, the rest its builder's.
    let kernel = kernel.trim().split('-').next().unwrap_or_default().to_owned();
    let system = file_system(folder)?;
    Ok(format!("{cores} cores ({model}), {gib} GiB of memory, Linux {kernel}, database on {system}"))
}

fn file_system(folder: &Path) -> Result<String> {
    let folder = folder.canonicalize()?;
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((PathBuf::from(words.next()?), words.next()?.to_owned()))
    });
    let mine = mounts.filter(|(at, _)| folder.starts_with(at)).max_by_key(|(at, _)| at.as_os_str().len());
    mine.map(|(_, system)| system).context("the folder is on some file system")
}
