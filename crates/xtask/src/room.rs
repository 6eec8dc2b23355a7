//! The room on the disk: a linker without it dies of a signal and does not say why.

use std::fmt;

use crate::workspace::Workspace;

/// Below this a build that fails most likely does so for want of room.
const LITTLE: u64 = 1 << 30;

/// How many bytes are free where the workspace is; none when it cannot be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room(Option<u64>);

/// What is left of it now.
pub(crate) fn left(workspace: &Workspace) -> Room {
    // Blocks that are kept for the system are not counted.
    Room(rustix::fs::statvfs(workspace.root()).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)))
}

impl fmt::Display for Room {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => formatter.write_str("free room unknown"),
            Some(bytes) if bytes < LITTLE => write!(formatter, "NO ROOM: only {} MiB free on the disk", bytes >> 20),
            Some(bytes) => write!(formatter, "{} GiB free", bytes >> 30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LITTLE, Room};

    #[test]
    fn little_room_is_told_loudly() {
        assert_eq!(Room(Some(3 << 30)).to_string(), "3 GiB free");
        assert_eq!(Room(Some(LITTLE - 1)).to_string(), "NO ROOM: only 1023 MiB free on the disk");
        assert_eq!(Room(None).to_string(), "free room unknown");
    }
}
