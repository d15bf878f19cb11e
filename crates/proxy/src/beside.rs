//! Files that are kept beside the database and named after it.

use std::path::{Path, PathBuf};

/// The folder of a file.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// `NAME-END` in the folder of the database.
pub(crate) fn beside(database: &Path, end: &str) -> PathBuf {
    let name = database.file_stem().unwrap_or_default().to_string_lossy();
    folder(database).join(format!("{name}-{end}"))
}
