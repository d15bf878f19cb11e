//! dukpt
