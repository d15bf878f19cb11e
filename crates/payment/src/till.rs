//! The page side.
