//! A program that runs for as long as its value lives.

use crate::until;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a program may take to say where it listens.
const START: Duration = Duration::from_secs(20);

pub(crate) struct Process {
    child: Child,
    name: &'static str,
    folder: PathBuf,
    /// So many bytes of `NAME.out` are an earlier one's.
    earlier: usize,
}

impl Process {
    /// Starts `command`; what it writes goes to `NAME.out` and `NAME.err` in `folder`, after what an earlier one wrote.
    pub(crate) fn start(name: &'static str, command: &mut Command, folder: &Path) -> Self {
        let earlier = fs::read(folder.join(format!("{name}.out"))).map_or(0, |out| out.len());
        let log = |kind| {
            let path = folder.join(format!("{name}.{kind}"));
            let file = File::options().create(true).append(true).open(&path);
            Stdio::from(file.unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display())))
        };
        let child = command.stdin(Stdio::null()).stdout(log("out")).stderr(log("err")).spawn();
        let child = child.unwrap_or_else(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            panic!("cannot start {program}: {error}; `cargo xtask setup` installs what is needed")
        });
        Self { child, name, folder: folder.to_path_buf(), earlier }
    }

    /// What stands behind these words on a line that it printed.
    pub(crate) async fn said(&mut self, words: &str) -> String {
        self.says(words).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// The same, or why it ended before.
    pub(crate) async fn says(&mut self, words: &str) -> Result<String, String> {
        let out = self.folder.join(format!("{}.out", self.name));
        let found = until(START, async || {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                let err =
                    fs::read_to_string(self.folder.join(format!("{}.err", self.name))).unwrap_or_default();
                return Some(Err(format!("{} ended before it listened: {status}\n{err}", self.name)));
            }
            let text = fs::read_to_string(&out).ok()?;
            let (whole, _) = text.get(self.earlier..)?.rsplit_once('\n')?;
            let line = whole.lines().find_map(|line| line.split_once(words))?;
            Some(Ok(line.1.trim().trim_end_matches('.').to_owned()))
        });
        found.await.unwrap_or_else(|| Err(format!("{} did not say `{words}`", self.name)))
    }

    /// Ends it and every process that it has begun, none of them warned.
    pub(crate) fn kill_tree(&mut self) {
        let mut tree = vec![self.child.id()];
        let mut at = 0;
        while let Some(&parent) = tree.get(at) {
            tree.extend(children(parent));
            at += 1;
        }
        signal("KILL", &tree);
        let _ = self.child.wait();
        let begun = std::time::Instant::now();
        while tree.iter().any(|&id| is_alive(id)) {
            assert!(begun.elapsed() < START, "{} outlived SIGKILL", self.name);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to end.
    pub(crate) fn terminate(&mut self) {
        signal("TERM", &[self.child.id()]);
    }

    /// Gives it so long to end by itself.
    pub(crate) fn let_end(&mut self, limit: Duration) {
        let begun = std::time::Instant::now();
        while begun.elapsed() < limit && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal(name: &str, processes: &[u32]) {
    let mut kill = Command::new("sh");
    kill.args(["-c", r#"kill -s "$@" 2>/dev/null"#, "kill", name]);
    // One that has ended meanwhile is not there to be signalled.
    let _ = kill.args(processes.iter().map(u32::to_string)).status().expect("the system has a shell");
}

/// State and parent of a process, after its name, which may hold anything.
fn stat(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn is_alive(process: u32) -> bool {
    stat(process).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("the system has /proc").flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|&id| stat(id).is_some_and(|(_, of)| of == parent)).collect()
}
