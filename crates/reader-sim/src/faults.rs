/// What goes wrong on request. All off by default; each stays until it is switched off, but for those that happen once.
/// A fault that a family's device cannot have does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The reader neither hears nor says anything.
    pub silent: bool,
    /// Everything that it says comes so many milliseconds late.
    pub slow_ms: u64,
    /// The next message stops in the middle of a frame.
    pub cut_frame: bool,
    /// The next message has a wrong checksum.
    pub wrong_checksum: bool,
    /// There is no key for card data.
    pub not_secure: bool,
    /// The battery is almost empty.
    pub low_battery: bool,
    /// Chips and taps cannot be read; swiping is allowed.
    pub read_error: bool,
    /// The card approves by itself.
    pub approves_offline: bool,
    /// The card declines by itself.
    pub declines_offline: bool,
    /// The card declines after the issuer approved.
    pub declines_after_issuer: bool,
    /// The customer has to choose the application.
    pub choose_application: bool,
    /// The PIN has been entered wrongly before: one try is left.
    pub last_pin_try: bool,
    /// The card number is sent in clear as well.
    pub clear_data: bool,
    /// The card signs another amount.
    pub other_amount: bool,
    /// The next message is sent twice.
    pub duplicate: bool,
    /// The device restarts once, when it is used next.
    pub restart: bool,
    /// All keys for card data have been used.
    pub keys_exhausted: bool,
    /// The card's result is on its way when the cancel comes.
    pub cancel_race: bool,
}
