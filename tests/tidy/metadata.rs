//! What cargo says of the workspace and what it is built from.

use std::{env, process::Command};

use serde::Deserialize;

use super::root;

/// The part of `cargo metadata` that the checks look at.
#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) license: Option<String>,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) kind: Option<String>,
    path: Option<String>,
}

impl Dependency {
    /// Whether only tests, examples and benches use it.
    pub(super) fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }

    /// Whether it is a crate of this workspace.
    pub(super) fn is_ours(&self) -> bool {
        self.path.is_some()
    }
}

impl Metadata {
    /// Of the workspace with everything that it is built from.
    pub(super) fn read() -> Self {
        let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(root())
            .output()
            .expect("cargo starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo metadata: {complaint}");
        serde_json::from_slice(&output.stdout).expect("cargo's format version 1")
    }

    /// The crates of the workspace.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        let is_member = |package: &&Package| self.workspace_members.contains(&package.id);
        self.packages.iter().filter(is_member)
    }
}
