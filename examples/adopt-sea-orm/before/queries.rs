//! What the service asks of its database.

use chrono::{NaiveDateTime, SubsecRound, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

use super::parcel::{ActiveModel, Column, Entity, Model};

/// The parcels that wait in a depot, in the order in which they came.
pub(crate) async fn waiting(db: &DatabaseConnection, depot: &str) -> Result<Vec<Model>, DbErr> {
    let waiting = Entity::find().filter(Column::Depot.eq(depot)).filter(Column::HandedOverAt.is_null());
    waiting.order_by_asc(Column::Id).all(db).await
}

/// Takes a parcel in.
pub(crate) async fn take_in(db: &DatabaseConnection, depot: &str, recipient: &str) -> Result<Model, DbErr> {
    let parcel =
        ActiveModel { depot: Set(depot.to_owned()), recipient: Set(recipient.to_owned()), received_at: Set(now()), ..Default::default() };
    parcel.insert(db).await
}

/// Hands a parcel over. Of two clerks who do so at once, the later one wins, and nobody is told.
pub(crate) async fn hand_over(db: &DatabaseConnection, parcel: Model) -> Result<Model, DbErr> {
    let mut parcel = parcel.into_active_model();
    parcel.handed_over_at = Set(Some(now()));
    parcel.update(db).await
}

/// The time, to the microsecond.
fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}
