//! A process that ends when the test process ends, however that ends.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Runs its arguments, waits for the end of standard input, ends them with SIGTERM and removes
/// the folder `$1`.
const SCRIPT: &str = r#"
folder=$1
shift
exec 3<&0
"$@" </dev/null 3<&- &
pid=$!
cat <&3 >/dev/null
kill -TERM "$pid" 2>/dev/null
wait "$pid"
rm -rf -- "$folder"
"#;

/// A running process. Dropping it, a panic, or the death of the test process closes the pipe that
/// it is kept by, upon which it gets SIGTERM; a static therefore needs no clean-up.
pub(crate) struct Keeper {
    shell: Child,
}

impl Keeper {
    /// Starts `command` with its output in `log`; `folder` is removed when it has ended.
    pub(crate) fn start(command: &[String], folder: &Path, log: &Path) -> Self {
        let log = File::create(log).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "keeper"]).arg(folder);
        shell.args(command).current_dir(folder);
        shell.stdin(Stdio::piped());
        shell.stdout(log.try_clone().unwrap()).stderr(log);
        // Its own process group: Ctrl-C ends the test process, and thereby this one in order.
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        let shell = shell.spawn().expect("a shell starts");
        Self { shell }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().expect("the shell is our child");
    }
}
