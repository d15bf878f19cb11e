//! reader-sim
