//! From the command line to a session.

use recension::store::{Caller, Store};
use recension::versioning::Manifest;
use recension::wire::{Codec, Profile};
use recension::{ObjectVersion, VersionedObject};

use super::CommandError;
use super::arguments::{Common, System};
use crate::{Actions, ByProject, InstanceActionEventList, InstanceActionList, MIGRATE, READ_ALL_ACTIONS, RECOVER_ACTIONS, Request};

/// How messages are written: as the reference writes them, and with what only we know beside it.
pub(super) fn codec() -> Codec {
    Codec::new(Profile::new("nova_object"))
}

/// Opens the database, and leaves its tables as they are.
pub(super) async fn unmigrated(url: &str) -> Result<Store, CommandError> {
    Store::connect(url).policy(ByProject).commit_tokens().await.map_err(CommandError::Database)
}

/// Opens the database and brings its tables up to date.
pub(super) async fn store(url: &str) -> Result<Store, CommandError> {
    let store = unmigrated(url).await?;
    recension_migrations::apply(store.schema_connection(&MIGRATE)).await?;
    Ok(store)
}

/// The operations of whoever the command line says asks.
pub(super) async fn actions(common: &Common) -> Result<Actions, CommandError> {
    let caller = caller(common)?;
    let store = store(&common.database).await?;
    Ok(Actions::new(store.session(&caller), Request::now(&*common.request)))
}

/// Sees that every pinned object is one of ours, at a version that it has: a slip here would pin nothing.
pub(super) fn known(pin: &Manifest) -> Result<(), CommandError> {
    let registries = [InstanceActionList::registry(), InstanceActionEventList::registry()];
    let has = |name: &str, version: &ObjectVersion| {
        registries.iter().flatten().any(|registry| registry.lineage(name).is_ok_and(|lineage| lineage.shape(version).is_ok()))
    };
    if pin.iter().all(|(name, version)| has(name.as_str(), version)) { Ok(()) } else { Err(CommandError::Pin) }
}

fn caller(common: &Common) -> Result<Caller, CommandError> {
    match (&common.user, &common.project, common.system) {
        (Some(user), Some(project), _) => Ok(Caller::user(&**user, &**project)),
        (_, _, Some(System::RecoverActions)) => Ok(Caller::system(RECOVER_ACTIONS)),
        (_, _, Some(System::ReadAllActions)) => Ok(Caller::system(READ_ALL_ACTIONS)),
        _ => Err(CommandError::NoCaller),
    }
}
