//! The container files name settings that the program knows.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

#[test]
fn every_environment_key_in_the_container_files_is_one_that_the_program_knows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut keys = BTreeMap::new();
    for file in ["docker-compose.yml", "Dockerfile"] {
        keys.extend(settings(&fs::read_to_string(root.join(file)).unwrap()));
    }
    assert!(
        keys.contains_key("ONRECORD_KAFKA__BOOTSTRAP_SERVERS"),
        "{keys:?}"
    );
    // In the container the folder config/ is /etc/onrecord.
    let config = keys.get_mut("ONRECORD_CONFIG").unwrap();
    *config = config.replace("/etc/onrecord", root.join("config").to_str().unwrap());

    let output = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .args(["config", "check"])
        .envs(&keys)
        .output()
        .unwrap();
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{talk}");
    let told_of = keys
        .keys()
        .filter(|key| talk.contains(key.as_str()))
        .collect::<Vec<_>>();
    assert!(told_of.is_empty(), "{told_of:?}: {talk}");
}

/// Lines like `ONRECORD_KEY: value` and `ENV ONRECORD_KEY=value`.
fn settings(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let line = line
                .trim()
                .trim_start_matches("ENV ")
                .trim_start_matches("- ");
            let end =
                line.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_')?;
            let (key, rest) = line.split_at(end);
            let value = rest.trim_start_matches([':', '=']).trim().trim_matches('"');
            key.starts_with("ONRECORD_")
                .then(|| (key.to_owned(), value.to_owned()))
        })
        .collect()
}
