//! Passwords and ports that nobody guesses or has.

use std::{fs::File, io::Read as _, net::TcpListener};

use crate::error::Error;

/// Below the ports that the kernel gives to outgoing connections, one of which could be there when a server is started again.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A password: 128 random bits, as hexadecimal digits, which no shell, URL or SQL reads as anything else.
///
/// # Errors
/// When the system has no random bytes.
pub(super) fn password() -> Result<String, Error> {
    let number = u128::from_le_bytes(bytes()?);
    Ok(format!("{number:032x}"))
}

/// A port of 127.0.0.1 on which nobody listens.
///
/// # Errors
/// When the system has no random bytes, or none of a hundred ports is free.
pub(super) fn port() -> Result<u16, Error> {
    for _ in 0..100 {
        let port = PORTS.start + u16::from_le_bytes(bytes()?) % (PORTS.end - PORTS.start);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Error::NoPort)
}

/// As many ports, all different.
///
/// # Errors
/// As for one.
pub(super) fn ports<const COUNT: usize>() -> Result<[u16; COUNT], Error> {
    loop {
        let mut ports = [0; COUNT];
        for slot in &mut ports {
            *slot = port()?;
        }
        let mut sorted = ports;
        sorted.sort_unstable();
        if sorted.windows(2).all(|pair| pair.first() != pair.last()) {
            return Ok(ports);
        }
    }
}

fn bytes<const COUNT: usize>() -> Result<[u8; COUNT], Error> {
    let mut bytes = [0; COUNT];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).map_err(Error::file("read", "/dev/urandom"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_never_the_same() {
        let (one, other) = (password().unwrap(), password().unwrap());
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }

    #[test]
    fn ports_are_free_and_differ() {
        let ports: [u16; 12] = ports().unwrap();
        for (index, port) in ports.iter().enumerate() {
            assert!(PORTS.contains(port) && !ports[..index].contains(port));
        }
    }
}
