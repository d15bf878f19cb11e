//! Payments with readers on USB that do not exist, through the page as merchants get it: Chromium's own WebSerial and
//! WebHID, the real drivers, proxy and sandbox gateway.
//!
//! The scenarios of a family share one browser and one page, which is never loaded anew, and follow one another.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

/// `cargo xtask test e2e` leaves out tests of this name, which need root; `cargo xtask e2e readers` runs them.
mod readers {
    mod customers;
    mod payments;
    mod rig;
    mod steps;
    mod whose;

    use rig::{Kind, MAGTEK_MMS, MAGTEK_MMS_SERIAL, MAGTEK_V5, MIURA, Rig};

    async fn family(kind: &'static Kind) {
        let rig = Rig::open(kind, kind.device.name).await;
        payments::pay_by_every_way(&rig).await;
        payments::survive_a_bad_line(&rig).await;
        payments::refuse_an_unsafe_reader(&rig).await;
        if kind.has_slot {
            customers::help_customers(&rig).await;
        }
        steps::pull_the_cable_at_each(&rig).await;
    }

    #[tokio::test]
    async fn miura() {
        family(&MIURA).await;
    }

    #[tokio::test]
    async fn magtek_v5() {
        family(&MAGTEK_V5).await;
    }

    #[tokio::test]
    async fn magtek_mms_over_hid() {
        family(&MAGTEK_MMS).await;
    }

    #[tokio::test]
    async fn magtek_mms_over_a_serial_line() {
        family(&MAGTEK_MMS_SERIAL).await;
    }

    #[tokio::test]
    async fn another_miura_is_not_used_unasked() {
        whose::another_reader_is_not_used_unasked(&MIURA).await;
    }

    #[tokio::test]
    async fn another_magtek_v5_is_not_used_unasked() {
        whose::another_reader_is_not_used_unasked(&MAGTEK_V5).await;
    }

    #[tokio::test]
    async fn a_second_tab_keeps_off() {
        whose::a_second_tab_keeps_off().await;
    }

    #[tokio::test]
    async fn a_reader_in_use_is_taken_once_it_is_free() {
        whose::a_reader_in_use_is_said_and_taken_once_it_is_free().await;
    }
}
