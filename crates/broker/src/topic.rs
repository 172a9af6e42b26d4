//! A topic: its partitions and its configuration.

use std::{io, path::Path, sync::Arc};

use parking_lot::RwLock;

use crate::{partition::Partition, topic_settings::TopicSettings};

/// A topic.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) name: String,
    settings: RwLock<Arc<TopicSettings>>,
    partitions: RwLock<Vec<Arc<Partition>>>,
}

impl Topic {
    /// Opens the topic in `folder`, with a folder per partition.
    pub(crate) fn open(
        name: &str,
        folder: &Path,
        count: u32,
        settings: Arc<TopicSettings>,
    ) -> io::Result<Self> {
        let topic = Self {
            name: name.to_owned(),
            settings: RwLock::new(settings),
            partitions: RwLock::new(Vec::new()),
        };
        topic.grow(folder, count)?;
        Ok(topic)
    }

    /// Adds partitions until there are `count`.
    pub(crate) fn grow(&self, folder: &Path, count: u32) -> io::Result<()> {
        let mut partitions = self.partitions.write();
        let present = u32::try_from(partitions.len()).unwrap_or(u32::MAX);
        for number in present..count {
            let folder = folder.join(number.to_string());
            partitions.push(Arc::new(Partition::open(folder, self.settings())?));
        }
        Ok(())
    }

    pub(crate) fn settings(&self) -> Arc<TopicSettings> {
        Arc::clone(&self.settings.read())
    }

    pub(crate) fn configure(&self, settings: &Arc<TopicSettings>) {
        *self.settings.write() = Arc::clone(settings);
        for partition in self.partitions() {
            partition.log().configure(Arc::clone(settings));
        }
    }

    pub(crate) fn partition(&self, number: i32) -> Option<Arc<Partition>> {
        let number = usize::try_from(number).ok()?;
        self.partitions.read().get(number).cloned()
    }

    pub(crate) fn partitions(&self) -> Vec<Arc<Partition>> {
        self.partitions.read().clone()
    }

    pub(crate) fn partition_count(&self) -> i32 {
        i32::try_from(self.partitions.read().len()).unwrap_or(i32::MAX)
    }
}

/// Whether a name is one that Kafka allows; it becomes the name of a folder.
pub(crate) fn is_topic_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ['.', '_', '-'].contains(&c);
    (1..=249).contains(&name.len()) && name != "." && name != ".." && name.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_their_folder() {
        for name in ["articles", "a.b_c-D9", "..."] {
            assert!(is_topic_name(name), "{name}");
        }
        let long = "x".repeat(250);
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a b",
            "é",
            "a\0",
            long.as_str(),
        ] {
            assert!(!is_topic_name(name), "{name}");
        }
    }
}
