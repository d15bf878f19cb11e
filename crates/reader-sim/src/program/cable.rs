//! The cable: a TCP connection that carries what the link would.
//!
//! A serial line's bytes are plain. Each HID report is a record: its kind (1 input, 2 output, 3 set feature, 4 get
//! feature, 5 the feature that was asked for), its id, the length of its data (2 bytes, big endian), its data without
//! the id.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpListener;
use std::sync::mpsc::Sender;
use std::time::Duration;

use reader::{FromReader, Link, ToReader};

use crate::device::Event;

const INPUT: u8 = 1;
const OUTPUT: u8 = 2;
const SET_FEATURE: u8 = 3;
const GET_FEATURE: u8 = 4;
const FEATURE: u8 = 5;

/// How long a till may leave the device's bytes unread before it counts as unplugged.
const PATIENCE: Duration = Duration::from_secs(5);

/// Plugs the device in for one connection after the other, as long as there is a device.
pub(crate) fn serve(listener: &TcpListener, link: Link, events: &Sender<Event>) {
    for stream in listener.incoming() {
        // Who gave up before being let in is nobody.
        let Ok(mut stream) = stream else { continue };
        // Bytes go out as they are written, as on a line. Where an option cannot be set the connection is gone already.
        let _ = stream.set_nodelay(true);
        let _ = stream.set_write_timeout(Some(PATIENCE));
        let Ok(cable) = stream.try_clone() else { continue };
        let mut alive = events.send(Event::Plugged(cable)).is_ok();
        while let (true, Ok(Some(received))) = (alive, read(&mut stream, link)) {
            alive = events.send(Event::Received(received)).is_ok();
        }
        if !alive || events.send(Event::Unplugged).is_err() {
            return;
        }
    }
}

/// What the till sent next, or that it has gone.
///
/// # Errors
/// What the connection fails with; `InvalidData` for something that is no record.
fn read(stream: &mut impl Read, link: Link) -> Result<Option<ToReader>> {
    match link {
        Link::Serial => {
            let mut bytes = vec![0; 4096];
            let count = read_some(stream, &mut bytes)?;
            bytes.truncate(count);
            Ok((count > 0).then_some(ToReader::Bytes(bytes)))
        }
        Link::Hid { .. } => {
            let mut head = [0; 4];
            if read_some(stream, head.split_at_mut(1).0)? == 0 {
                return Ok(None);
            }
            stream.read_exact(head.split_at_mut(1).1)?;
            let [kind, id, len @ ..] = head;
            let len = u16::from_be_bytes(len).into();
            // Looked at before any data is waited for: what is no record has no length either.
            match (kind, len) {
                (OUTPUT | SET_FEATURE, _) | (GET_FEATURE, 0) => {}
                _ => return Err(ErrorKind::InvalidData.into()),
            }
            let mut data = vec![0; len];
            stream.read_exact(&mut data)?;
            Ok(Some(match kind {
                OUTPUT => ToReader::Output { id, data },
                SET_FEATURE => ToReader::SetFeature { id, data },
                _ => ToReader::GetFeature { id },
            }))
        }
    }
}

/// Reads once; a signal is no reason to be unplugged.
fn read_some(stream: &mut impl Read, bytes: &mut [u8]) -> Result<usize> {
    loop {
        match stream.read(bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Sends what the device says.
///
/// # Errors
/// What the connection fails with; `InvalidData` for what this link cannot carry.
pub(crate) fn write(stream: &mut impl Write, link: Link, said: FromReader) -> Result<()> {
    let (kind, id, data) = match (link, said) {
        (Link::Serial, FromReader::Bytes(bytes)) => return stream.write_all(&bytes),
        (Link::Hid { .. }, FromReader::Input { id, data }) => (INPUT, id, data),
        (Link::Hid { .. }, FromReader::Feature { id, data }) => (FEATURE, id, data),
        _ => return Err(ErrorKind::InvalidData.into()),
    };
    let len = u16::try_from(data.len()).map_err(|_| Error::from(ErrorKind::InvalidData))?;
    // In one piece, so that it leaves as one.
    stream.write_all(&[&[kind, id], &len.to_be_bytes()[..], &data].concat())
}

#[cfg(test)]
mod tests {
    const HID: Link = Link::Hid { product: 0x0011 };

    use proptest::prelude::*;

    use super::*;

    fn bytes(said: FromReader) -> Vec<u8> {
        let mut bytes = vec![];
        write(&mut bytes, HID, said).unwrap();
        bytes
    }

    #[test]
    fn records_are_as_described() {
        assert_eq!(bytes(FromReader::Input { id: 7, data: vec![1; 300] })[..5], [1, 7, 1, 0x2C, 1]);
        assert_eq!(bytes(FromReader::Feature { id: 0, data: vec![9] }), [5, 0, 0, 1, 9]);
        let mut sent: &[u8] = &[2, 0, 0, 1, 0xAA, 3, 1, 0, 0, 4, 2, 0, 0];
        let mut next = || read(&mut sent, HID).unwrap();
        assert!(next() == Some(ToReader::Output { id: 0, data: vec![0xAA] }));
        assert!(next() == Some(ToReader::SetFeature { id: 1, data: vec![] }));
        assert!(next() == Some(ToReader::GetFeature { id: 2 }));
        assert!(next().is_none());
    }

    #[test]
    fn what_is_no_record_ends_the_connection() {
        for wrong in
            [&[1, 0, 0, 0][..], &[5, 0, 0, 0], &[4, 0, 0, 1, 1], &[0, 0, 0, 0], &[2, 0, 0], &[2, 0, 0, 2, 1]]
        {
            assert!(read(&mut &*wrong, HID).is_err(), "{wrong:?}");
        }
        assert!(write(&mut vec![], Link::Serial, FromReader::Input { id: 0, data: vec![] }).is_err());
        assert!(write(&mut vec![], HID, FromReader::Bytes(vec![])).is_err());
        assert!(write(&mut vec![], HID, FromReader::Input { id: 0, data: vec![0; 0x1_0000] }).is_err());
    }

    /// A signal comes before each read.
    struct Signalled<'a>(&'a [u8], bool);

    impl Read for Signalled<'_> {
        fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(ErrorKind::Interrupted.into()) } else { self.0.read(bytes) }
        }
    }

    #[test]
    fn a_signal_does_not_unplug() {
        let mut line = Signalled(&[7, 8], false);
        assert!(read(&mut line, Link::Serial).unwrap() == Some(ToReader::Bytes(vec![7, 8])));
        assert!(read(&mut line, Link::Serial).unwrap().is_none());
        let mut reports = Signalled(&[2, 0, 0, 1, 0xAA], false);
        assert!(read(&mut reports, HID).unwrap() == Some(ToReader::Output { id: 0, data: vec![0xAA] }));
        assert!(read(&mut reports, HID).unwrap().is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end_or_refused(sent in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut rest = &sent[..];
            while let Ok(Some(_)) = read(&mut rest, HID) {}
            prop_assert!(rest.len() < sent.len() || sent.is_empty());
        }
    }
}
