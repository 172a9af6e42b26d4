//! The program itself, as its users run it.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::OnceLock,
    thread,
};

/// Names a binary to test in place of the one that cargo builds.
const GIVEN: &str = "TEST_ONRECORD_BIN";

/// The binary, built from this checkout in the profile of the tests.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| env::var_os(GIVEN).map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let this_test = env::current_exe().unwrap();
    let profile_folder = this_test.parent().and_then(Path::parent).unwrap();
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    build.args([
        "build",
        "--quiet",
        "--package",
        "onrecord",
        "--bin",
        "onrecord",
    ]);
    if profile_folder.ends_with("release") {
        build.arg("--release");
    }
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = build.output().expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "onrecord does not build:\n{said}");
    profile_folder.join("onrecord")
}

/// Runs it to its end; what it wrote to standard output, and its talk.
///
/// # Panics
/// Where it fails.
pub(crate) fn run_to_end(arguments: &[&str], folder: &Path) -> (String, String) {
    let output = command(folder)
        .args(arguments)
        .output()
        .expect("onrecord starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (data, talk) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}\n{data}\n{talk}", output.status);
    (data, talk)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(folder).stdin(Stdio::null());
    command.env("RUST_BACKTRACE", "1");
    for (name, _) in env::vars_os() {
        // The program takes these for keys of its own; here they are the tests'.
        if name.to_string_lossy().starts_with("ONRECORD_") {
            command.env_remove(name);
        }
    }
    command
}

/// A running `onrecord`; killed when dropped.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it with its talk going to the end of `log`.
    pub(crate) fn start(arguments: &[String], folder: &Path, log: &Path) -> Self {
        Self::start_in(&[], arguments, folder, log)
    }

    /// The same, with these variables in its environment.
    pub(crate) fn start_in(
        environment: &[(String, OsString)],
        arguments: &[String],
        folder: &Path,
        log: &Path,
    ) -> Self {
        let mut command = Command::new(binary());
        for (name, value) in environment {
            command.env(name, value);
        }
        Self::spawn(command, arguments, folder, log)
    }

    /// The same, and none of its files can grow over so many blocks of 512 bytes until
    /// [`make_room`](Self::make_room): as on a full disk, which a test cannot have.
    pub(crate) fn start_with_small_files(
        blocks: usize,
        arguments: &[String],
        folder: &Path,
        log: &Path,
    ) -> Self {
        let limited = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited]).arg(binary());
        Self::spawn(shell, arguments, folder, log)
    }

    /// Lifts the limit on the size of its files.
    pub(crate) fn make_room(&self) {
        let pid = self.child.id().to_string();
        let lifted = Command::new("prlimit")
            .args(["--pid", &pid, "--fsize=unlimited:unlimited"])
            .status();
        assert!(lifted.expect("prlimit starts").success());
    }

    fn spawn(mut command: Command, arguments: &[String], folder: &Path, log: &Path) -> Self {
        let appended = File::options().create(true).append(true).open(log).unwrap();
        command.args(arguments).current_dir(folder);
        command.env("RUST_BACKTRACE", "1").stdin(Stdio::null());
        command
            .stdout(appended.try_clone().unwrap())
            .stderr(appended);
        for (name, _) in env::vars_os() {
            // The program takes these for keys of its own; here they are the tests'.
            if name.to_string_lossy().starts_with("ONRECORD_") {
                command.env_remove(name);
            }
        }
        let child = command.spawn().expect("onrecord starts");
        Self {
            child,
            log: log.to_owned(),
        }
    }

    /// Ends it as a crash or the kernel would, without a chance to tidy up.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as Ctrl-C or a service manager does.
    pub(crate) fn ask_to_end(&self) {
        let signal = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(signal.expect("kill starts").success());
    }

    /// How it ended; `None` while it runs.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Fails where it has ended of its own accord.
    pub(crate) fn assert_runs(&mut self, name: &str) {
        if let Some(status) = self.ended() {
            panic!(
                "{name} ended by itself with {status}:\n{}",
                self.last_words()
            );
        }
    }

    /// What it said last.
    pub(crate) fn last_words(&self) -> String {
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        let from = lines.len().saturating_sub(20);
        lines[from..].join("\n")
    }
}

impl Drop for Process {
    /// A failed test tells what its processes said last.
    fn drop(&mut self) {
        if thread::panicking() {
            let (id, log) = (self.child.id(), self.log.display());
            println!("--- process {id}, {log}\n{}", self.last_words());
        }
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
