//! A file that has its name only when it is whole, and until then nothing of the name's former file is lost.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that is being written, for its owner alone. Dropped before it is kept, it is gone.
pub(super) struct WholeFile {
    path: PathBuf,
    unfinished: PathBuf,
    out: BufWriter<File>,
}

impl WholeFile {
    /// Begins to write what is to be at `path`.
    pub(super) fn begin(path: &Path) -> Result<Self, String> {
        if path.is_dir() {
            return Err(format!("`{}` is a directory: name a file in it", path.display()));
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        let file = private(&unfinished).map_err(cannot("write", &unfinished))?;
        Ok(Self {
            path: path.to_owned(),
            unfinished,
            out: BufWriter::new(file),
        })
    }

    /// Sees to it that what was written is on disk, and tells where it can be read before it has its name.
    pub(super) fn synced(&mut self) -> Result<&Path, String> {
        let written = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        written.map_err(cannot("write", &self.unfinished))?;
        Ok(&self.unfinished)
    }

    /// Gives it its name.
    pub(super) fn keep(mut self) -> Result<(), String> {
        self.synced()?;
        std::fs::rename(&self.unfinished, &self.path).map_err(cannot("name", &self.path))?;
        let directory = self.path.parent().filter(|path| !path.as_os_str().is_empty());
        sync_directory(directory.unwrap_or(Path::new("."))).map_err(cannot("sync", &self.path))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // What was kept is no longer there by this name.
        drop(std::fs::remove_file(&self.unfinished));
    }
}

pub(super) fn sync_directory(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// A new file for its owner alone, in the place of whatever was there.
pub(super) fn private(path: &Path) -> std::io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What is told where something cannot be done with a file.
pub(super) fn cannot(what: &str, path: &Path) -> impl Fn(std::io::Error) -> String {
    let begin = format!("cannot {what} `{}`", path.display());
    move |error| format!("{begin}: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_leaves_the_former_file_and_nothing_else() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("list.csv");
        std::fs::write(&path, "former").expect("written");
        let mut half = WholeFile::begin(&path).expect("begun");
        half.write_all(b"half").expect("written");
        drop(half);
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "former");
        let mut whole = WholeFile::begin(&path).expect("begun");
        whole.write_all(b"whole").expect("written");
        whole.keep().expect("kept");
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "whole");
        assert_eq!(std::fs::read_dir(home.path()).expect("a directory").count(), 1);
    }
}
