//! One test binary for the whole pipeline.
