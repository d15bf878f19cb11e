//! A machine that has been started in its root file system, with everything that systemd starts in it.

use crate::setup::Toolbox;
use crate::shell;
use anyhow::{Context as _, Result, ensure};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const KIOSK: &str = "mpos-kiosk.service";
/// Where the machine leaves pictures of its screen, seen from inside.
const PICTURE: &str = "/var/lib/till/screen.ppm";
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Running, until this value is gone.
pub(super) struct Machine {
    root: PathBuf,
    nspawn: Child,
    /// Its first process, as this machine numbers it.
    first: u32,
}

impl Machine {
    /// Starts it; what it says goes to `boot.log` in `folder`.
    pub(super) fn boot(tools: &Toolbox, root: &Path, folder: &Path) -> Result<Self> {
        let log = File::create(folder.join("boot.log"))?;
        let mut nspawn = tools.command("systemd-nspawn");
        nspawn.args(["--quiet", "--register=no", "--keep-unit", "--boot", "--directory"]).arg(root);
        nspawn.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let nspawn = nspawn.spawn().context("cannot start systemd-nspawn")?;
        let mut machine = Self { root: root.to_path_buf(), nspawn, first: 0 };
        let id = machine.nspawn.id();
        let children = format!("/proc/{id}/task/{id}/children");
        machine.first = machine.wait(Duration::from_secs(20), "a first process", |_| {
            Ok(fs::read_to_string(&children)?.split_whitespace().find_map(|child| child.parse().ok()))
        })?;
        Ok(machine)
    }

    /// Waits until it is so.
    pub(super) fn until(
        &self,
        limit: Duration,
        what: &str,
        is: impl Fn(&Self) -> Result<bool>,
    ) -> Result<()> {
        self.wait(limit, what, |machine| Ok(is(machine)?.then_some(())))
    }

    fn wait<T>(&self, limit: Duration, what: &str, look: impl Fn(&Self) -> Result<Option<T>>) -> Result<T> {
        let begun = Instant::now();
        loop {
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            ensure!(begun.elapsed() < limit, "no {what} after {limit:?}\n{}", self.journal());
            thread::sleep(LOOK);
        }
    }

    /// The last picture of its screen.
    pub(super) fn picture(&self) -> PathBuf {
        self.root.join(PICTURE.trim_start_matches('/'))
    }

    /// Whether something is in each corner of the screen. The compositor's own is black.
    pub(super) fn is_covered(&self) -> Result<bool> {
        let picture = format!(
            "cd /run/user/$(id -u till) && XDG_RUNTIME_DIR=$PWD WAYLAND_DISPLAY=wayland-0 \
             setpriv --reuid=till --regid=till --clear-groups grim -t ppm {PICTURE}"
        );
        // Before there is a screen, there is no picture of it.
        if !self.inside(&["sh", "-c", &picture]).output()?.status.success() {
            return Ok(false);
        }
        let bytes = fs::read(self.picture())?;
        corners(&bytes).map(|all| !all.contains(&[0, 0, 0])).context("grim writes portable pixmaps")
    }

    /// Kills the kiosk's processes of this kind, and waits for another compositor, and so another browser.
    pub(super) fn kill_and_await(&self, what: &str, kind: &str, limit: Duration) -> Result<()> {
        let before = self.compositor()?;
        let begun = Instant::now();
        shell::read(&mut self.inside(&["pkill", "-KILL", "-u", "till", "-f", kind]))?;
        self.until(limit, "other browser", |machine| {
            let now = machine.compositor()?;
            Ok(now != 0 && now != before)
        })?;
        println!("{what} was killed; another browser came after {} s", begun.elapsed().as_secs());
        Ok(())
    }

    fn compositor(&self) -> Result<u32> {
        let id =
            shell::read(&mut self.inside(&["systemctl", "show", "--property=MainPID", "--value", KIOSK]))?;
        Ok(id.trim().parse()?)
    }

    fn journal(&self) -> String {
        let words = ["journalctl", "--no-pager", "--lines=30", "--unit=mpos-kiosk*"];
        shell::read(&mut self.inside(&words)).unwrap_or_else(|error| error.to_string())
    }

    fn inside(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--pid", "--uts", "--ipc", "--target", &self.first.to_string(), "--"]);
        command.args(words).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.first != 0 {
            // With its first process every other one ends, and then systemd-nspawn.
            let _ = Command::new("kill").args(["-s", "KILL", &self.first.to_string()]).status();
        }
        let _ = self.nspawn.wait();
    }
}

/// The four corners of a portable pixmap: `P6`, width, height, `255`, and three bytes a pixel.
fn corners(bytes: &[u8]) -> Option<[[u8; 3]; 4]> {
    let mut rest = bytes;
    let mut word = || {
        let (word, after) = rest.split_at(rest.iter().position(u8::is_ascii_whitespace)?);
        rest = after.get(1..)?;
        std::str::from_utf8(word).ok()
    };
    let is_pixmap = word()? == "P6";
    let (width, height): (usize, usize) = (word()?.parse().ok()?, word()?.parse().ok()?);
    let is_pixmap = is_pixmap && word()? == "255";
    let pixel = |x: usize, y: usize| {
        let at = y.checked_mul(width)?.checked_add(x)?.checked_mul(3)?;
        rest.get(at..at.checked_add(3)?)?.try_into().ok()
    };
    let (right, bottom) = (width.checked_sub(1)?, height.checked_sub(1)?);
    let all = [pixel(0, 0)?, pixel(right, 0)?, pixel(0, bottom)?, pixel(right, bottom)?];
    is_pixmap.then_some(all)
}

#[cfg(test)]
mod tests {
    use super::corners;

    #[test]
    fn corners_are_those_of_the_picture() {
        let pixmap = b"P6\n2 3\n255\nabcdef......ghijkl";
        assert_eq!(corners(pixmap), Some([*b"abc", *b"def", *b"ghi", *b"jkl"]));
        assert_eq!(corners(b"P6\n2 3\n255\nabc"), None);
        assert_eq!(corners(b"P5\n1 1\n255\nabc"), None);
    }
}
