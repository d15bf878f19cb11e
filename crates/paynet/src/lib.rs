//! paynet
