//! The file of a reconciliation, beside the database: `NAME-books-YYYY-MM-DD.json`, one a day, mode 0600.

use super::compare::Difference;
use super::day;
use crate::beside::{beside, folder};
use serde::Serialize;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What the file says.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// When the books were compared, in Unix milliseconds.
    pub at: u64,
    /// From when on, in Unix milliseconds.
    pub from: u64,
    /// Before when, in Unix milliseconds.
    pub to: u64,
    /// How many orders of the till were compared.
    pub orders: usize,
    /// How many rows the report had.
    pub rows: usize,
    /// The differences, those first that only the gateway knows.
    pub differences: Vec<Difference>,
}

impl Document {
    /// Writes it, so that it survives the loss of power or is not there; a file of the same day is replaced.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, database: &Path) -> io::Result<PathBuf> {
        let path = beside(database, &format!("books-{}.json", day(self.at)));
        let draft = path.with_extension("json.new");
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(folder(database))?.sync_all()?;
        path.canonicalize()
    }
}
