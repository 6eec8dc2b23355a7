//! What the service asks of its database.

use recension::prelude::*;
use recension::store::Error;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::object::Parcel;
use super::parcel::{Column, Entity, Model};

/// The parcels that wait in a depot, in the order in which they came.
pub(crate) async fn waiting(db: &DatabaseConnection, depot: &str) -> Result<Vec<Model>, DbErr> {
    let waiting = Entity::find().filter(Column::Depot.eq(depot)).filter(Column::HandedOverAt.is_null());
    waiting.order_by_asc(Column::Id).all(db).await
}

/// Takes a parcel in, at the depot of the clerk.
pub(crate) async fn take_in(clerk: &Session, recipient: &str) -> Result<Persisted<Parcel>, Error> {
    clerk.create(Parcel::draft().recipient(recipient)).await
}

/// Hands a parcel over. Of two clerks who do so at once, the later one is told.
pub(crate) async fn hand_over(clerk: &Session, parcel: &Persisted<Parcel>) -> Result<Persisted<Parcel>, Error> {
    let mut edit = parcel.edit();
    edit.set_handed_over_at(clerk.now());
    clerk.save(&edit).await
}
