//! The lists that the configuration names, or those that come with the program.

use std::path::Path;

use model::{Feed, Official};

use crate::{config::Loaded, exit::Failure, feed_list, terminal, watchlist};

/// The feeds to poll.
///
/// # Errors
/// All mistakes in the list.
pub(crate) fn feeds(loaded: &Loaded) -> Result<Vec<Feed>, Failure> {
    let path = &loaded.settings.feeds;
    if is_absent_default(loaded, "feeds", path) {
        tell_built_in("feeds", path);
        return feed_list::starter();
    }
    feed_list::read(path)
}

/// The officials to watch.
///
/// # Errors
/// All mistakes in the watch-list.
pub(crate) fn officials(loaded: &Loaded) -> Result<Vec<Official>, Failure> {
    let path = &loaded.settings.officials;
    if is_absent_default(loaded, "officials", path) {
        tell_built_in("officials", path);
        return watchlist::starter();
    }
    watchlist::read(path)
}

/// Nobody asked for the file, and it is not there.
fn is_absent_default(loaded: &Loaded, key: &str, path: &Path) -> bool {
    !loaded.origins.contains_key(key) && !path.exists()
}

fn tell_built_in(what: &str, path: &Path) {
    terminal::tell(format_args!(
        "no {} here: using the {what} that come with the program",
        path.display()
    ));
}
