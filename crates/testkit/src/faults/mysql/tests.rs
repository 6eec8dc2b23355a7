//! Framing of MySQL.
