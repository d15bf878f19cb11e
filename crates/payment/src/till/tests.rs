//! The page side, case by case.
