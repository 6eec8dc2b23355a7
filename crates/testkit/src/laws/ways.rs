//! The short way and the long way between an object and its message.

use recension_model::Record;
use recension_versioning::{Manifest, Registry};
use recension_wire::{Codec, Error};

use super::{Fault, Law, LawBroken, Trial};
use crate::messages::{Format, Twist};

/// The short way from a message to a record gives what the long way gives, and refuses what it refuses with the same
/// error: for the message of an object at the versions of `to`, for the same message spelled otherwise or damaged, in
/// both formats, within the limits of `twist`. [`prove!`](crate::prove) says the same of typed objects.
///
/// # Errors
/// [`LawBroken`].
pub fn ways_agree(codec: &Codec, registry: &Registry, record: &Record, to: &Manifest, twist: &Twist) -> Result<(), LawBroken> {
    let trial = Trial::new(Law::WaysAgree, record, to);
    for format in Format::BOTH {
        let message = trial.ok(format.write_record(codec, registry, record, to))?;
        variants(codec, format, &message, twist).try_for_each(|(short, what, message)| {
            trial.check(agree("a record from", format, what, &short, |codec| format.read_record(codec, registry, &message)))
        })?;
    }
    Ok(())
}

/// A message and what a twist makes of it, each with a codec to read it with, and what was done to it.
pub(crate) fn variants<'t>(
    codec: &'t Codec,
    format: Format,
    message: &[u8],
    twist: &'t Twist,
) -> impl Iterator<Item = (Codec, &'static str, Vec<u8>)> + use<'t> {
    let messages = twist.messages(format, message).into_iter();
    messages.map(|(what, message)| (codec.clone().limits(twist.limits), what, message))
}

/// Runs `read` with a codec as it is, and with the same one on the long way only: both must give the same.
pub(crate) fn agree(
    what: &'static str,
    format: Format,
    done: &str,
    codec: &Codec,
    read: impl Fn(&Codec) -> Result<Record, Error>,
) -> Result<(), Fault> {
    let message = || format!("{} {done}", format.as_str());
    same_result(what, message, &read(codec), &read(&codec.clone().long_way_only()), |short, long| {
        super::broken::kept(long, short, "").and_then(|()| super::broken::kept(short, long, ""))
    })
}

/// Writes with a codec as it is, and with the same one on the long way only: both must give the same bytes.
pub(crate) fn same_bytes(
    what: &'static str,
    format: Format,
    codec: &Codec,
    write: impl Fn(&Codec) -> Result<Vec<u8>, Error>,
) -> Result<(), Fault> {
    let (short, long) = (write(codec), write(&codec.clone().long_way_only()));
    same_result(what, || format.as_str().to_owned(), &short, &long, |short, long| if short == long { Ok(()) } else { Err(Fault::Bytes) })
}

/// Both are the same error, or `same` holds for them.
pub(crate) fn same_result<V>(
    what: &'static str,
    message: impl Fn() -> String,
    short: &Result<V, Error>,
    long: &Result<V, Error>,
    same: impl Fn(&V, &V) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let differs = match (short, long) {
        (Ok(short), Ok(long)) => same(short, long).err().map(|fault| fault.to_string()),
        (Err(short), Err(long)) if short == long => None,
        (Err(short), Err(long)) => Some(format!("refused with `{short}`, and the long way with `{long}`")),
        (Ok(_), Err(long)) => Some(format!("accepted, and the long way says `{long}`")),
        (Err(short), Ok(_)) => Some(format!("refused with `{short}`, and the long way accepts it")),
    };
    differs.map_or(Ok(()), |differs| Err(Fault::Way { what, message: message(), differs }))
}
