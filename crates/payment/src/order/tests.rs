//! Order rules, case by case.
