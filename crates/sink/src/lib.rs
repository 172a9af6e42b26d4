//! Routes enriched articles to the downstream topics.
