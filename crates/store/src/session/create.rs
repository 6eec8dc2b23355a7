//! Making objects.

use std::sync::Arc;

use recension_model::{
    Carry, EnumValue, Error as ModelError, FieldKind, FieldSet, Object, ObjectDraft, Persisted, Record, Rule, ServerFields, Slot, Value,
};
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query, SelectStatement, SimpleExpr};
use sea_orm::{Condition, DbBackend, Value as Bound};

use super::create_once::{Asked, Made};
use super::row_after::WriteOne;
use super::write::Work;
use super::{Session, Stop};
use crate::capability::Capability;
use crate::engine::{Connection, Prepared};
use crate::error::Fault;
use crate::target::{Stored, Target};
use crate::value::Bindable;
use crate::{Error, Fill, Operation, Persist, RowKey, json_cell};

impl Session {
    /// Stores a new object: what the draft sets, what the store fills, null for the rest. Its revision is 1.
    ///
    /// A draft, and only a draft, can be created: a persisted object has no way to get here (S20).
    ///
    /// # Errors
    /// [`Error::Invalid`] before anything is sent, when a value breaks a rule, a field that only the service
    /// sets was given, or required fields are missing; [`Error::AlreadyExists`] when a row has the same key
    /// or natural key; [`Error::Denied`] when the policy denies creating, or creating this row;
    /// [`Error::NotFound`] when what the object refers to is not there; [`Error::CommitUnknown`] when no answer came, for which
    /// [`create_once`](Self::create_once) is there; those of the database.
    pub async fn create<D>(&self, draft: D) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        self.create_filled(draft, |_| {}).await
    }

    /// As [`create`](Self::create), with the service's own values for fields that only it sets.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub async fn create_filled<D>(
        &self,
        draft: D,
        fill: impl FnOnce(&mut <D::Object as Object>::ServerFields),
    ) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let target = Target::of::<D::Object>();
        let scope = self.scope(Operation::Create, target.object())?;
        let mut server = <D::Object as Object>::ServerFields::default();
        fill(&mut server);
        let record = self.completed::<D::Object>(target, draft.to_checked_record()?, &server.as_draft().to_record())?;
        let insert = || Insert::of(self, target, &record, scope.clone(), None);
        let stored = self.write(target.object(), Operation::Create, insert).await?;
        target.persisted(stored, Carry::default())
    }

    /// What a draft says with the service's values and what the store fills, as it is written: nothing is missing.
    pub(super) fn completed<T: Persist>(&self, target: Target, draft: Record, server: &Record) -> Result<Record, Error> {
        self.completed_with::<T>(target, draft, server, None)
    }

    /// The same for an object whose reference to another one is not the caller's to set: it has the slot that is given, or none
    /// yet.
    pub(super) fn completed_with<T: Persist>(
        &self,
        target: Target,
        draft: Record,
        server: &Record,
        reference: Option<(usize, Option<Slot>)>,
    ) -> Result<Record, Error> {
        let mut record = target.given(draft, server)?;
        let mut to_come = None;
        match reference {
            Some((index, Some(slot))) => record.fill(index, slot)?,
            Some((index, None)) => to_come = Some(index),
            None => {}
        }
        let generated = T::Key::generate().and_then(|key| key.to_values().pop());
        let mut record = self.complete(target, record, generated, to_come)?;
        json_cell::lower(&target, &mut record, target.all(), self.store.manifest())?;
        Ok(record)
    }

    /// Fills what the store fills, and checks that nothing is missing but what is `to_come`.
    fn complete(&self, target: Target, mut record: Record, generated: Option<Value>, to_come: Option<usize>) -> Result<Record, Error> {
        for (field, slot) in self.fills(target, record.set_fields(), generated, to_come)? {
            record.fill(field, slot)?;
        }
        Ok(record)
    }

    /// What the store fills where these fields are set; nothing is missing then but what is `to_come`, and keys that the database makes.
    pub(super) fn fills(
        &self,
        target: Target,
        set: FieldSet,
        generated: Option<Value>,
        to_come: Option<usize>,
    ) -> Result<Vec<(usize, Slot)>, Error> {
        let (mut fills, mut missing) = (Vec::new(), Vec::new());
        for (column, field) in target.columns() {
            let index = column.field;
            if set.contains(index) || to_come == Some(index) {
                continue;
            }
            let made_by_database = column.fill == Fill::Auto && generated.is_none();
            let filled = match column.fill {
                Fill::Given => None,
                Fill::Auto => generated.clone(),
                Fill::Now | Fill::Touched => Some(Value::from(self.store.clock().now().to_utc())),
                Fill::User => self.caller().user_id().map(Value::from),
                Fill::Project => self.caller().project_id().map(Value::from),
            };
            // What a reader would see for NULL is stored as such, for readers that do not know better.
            match filled.or_else(|| field.default.value().cloned()).or_else(|| column.null_as.clone()) {
                Some(value) => {
                    let slot = Slot::Value(value);
                    field.check(&slot).map_err(|rule| target.spec.invalid(index, rule))?;
                    fills.push((index, slot));
                }
                None if made_by_database => {}
                None if field.nullable => fills.push((index, Slot::Null)),
                None => missing.push(field.name.to_string()),
            }
        }
        if missing.is_empty() { Ok(fills) } else { Err(ModelError::Incomplete { object: target.object().clone(), missing }.into()) }
    }
}

impl Target {
    /// What the caller and the service gave, together.
    ///
    /// # Errors
    /// [`Rule::ServerSet`] for a field of the caller's that only the service sets; the rules of the values.
    pub(super) fn given(&self, mut given: Record, server: &Record) -> Result<Record, Error> {
        for (index, field) in self.spec.fields.iter().enumerate() {
            if field.server_set && given.at(index).is_set() {
                return Err(self.spec.invalid(index, Rule::ServerSet).into());
            }
            if server.at(index).is_set() {
                given.fill(index, server.at(index).clone())?;
            }
            self.known(index, given.at(index))?;
        }
        Ok(given)
    }

    /// Refuses a text that no value of the enum has: it is kept where it is stored, and never written.
    #[inline]
    pub(super) fn known(&self, index: usize, slot: &Slot) -> Result<(), Error> {
        let (Slot::Value(Value::Enum(EnumValue::Unknown(_))), Some(field)) = (slot, self.spec.fields.get(index)) else { return Ok(()) };
        let name = match &field.kind {
            FieldKind::Enum(spec) => spec.name.to_string(),
            _ => String::new(),
        };
        Err(self.spec.invalid(index, Rule::UnknownEnum(name)).into())
    }
}

/// The columns that a new row sets, and their values.
pub(super) struct NewRow {
    pub(super) columns: Vec<&'static str>,
    pub(super) values: Vec<Bound>,
    /// Whether its natural key is whole, so that it must differ from those of others.
    pub(super) is_named: bool,
}

impl NewRow {
    pub(super) fn of(target: Target, record: &Record) -> Result<Self, Error> {
        let mut values = Vec::new();
        let is_named = Self::each(target, record, |value| {
            values.push(value.into());
            Ok(())
        })?;
        Ok(Self { columns: Self::columns(target, record.set_fields()), values, is_named })
    }

    /// The columns of a row in which these fields are set.
    pub(super) fn columns(target: Target, set: FieldSet) -> Vec<&'static str> {
        let set = target.columns().filter(|(column, _)| set.contains(column.field)).map(|(column, _)| column.column);
        set.chain(target.mapping.revision_column()).chain(target.mapping.natural().map(|natural| natural.column)).collect()
    }

    /// Shows `bind` the value of each of them, and says whether the natural key of the row is whole.
    ///
    /// # Errors
    /// As for [`bind`](Target::bind), and those of `bind`.
    pub(super) fn each(target: Target, record: &Record, mut bind: impl FnMut(Bindable<'_>) -> Result<(), Error>) -> Result<bool, Error> {
        for (column, field) in target.columns() {
            let slot = record.at(column.field);
            if slot.is_set() {
                bind(target.bindable(column.field, field, slot)?)?;
            }
        }
        let digest = target.mapping.natural().map(|natural| natural.of(record));
        let is_named = matches!(digest, Some(Some(_)));
        Self::besides(target, digest).try_for_each(bind)?;
        Ok(is_named)
    }

    /// The values of the columns besides those of its fields. The digest is that of the natural key, where the object has one and it is
    /// whole.
    pub(super) fn besides<'v>(target: Target, digest: Option<Option<String>>) -> impl Iterator<Item = Bindable<'v>> {
        let revision = target.mapping.revision_column().map(|_| Bindable::Integer(Some(1)));
        revision.into_iter().chain(digest.map(|digest| Bindable::Text(digest.map(Into::into))))
    }

    /// The columns, and their values.
    pub(super) fn into_parts(self) -> (Vec<&'static str>, Vec<SimpleExpr>) {
        (self.columns, self.values.into_iter().map(Expr::value).collect())
    }

    pub(super) fn add(&mut self, column: &'static str, value: impl Into<Bound>) {
        self.columns.push(column);
        self.values.push(value.into());
    }
}

impl Target {
    /// The statement that makes a row, unless a query finds one that is in its way.
    fn insert_unless(&self, capability: &Capability, row: NewRow, clash: Option<SelectStatement>) -> Result<InsertStatement, Error> {
        let Some(clash) = clash else { return self.insert(row) };
        let (columns, values) = row.into_parts();
        let mut select = Query::select().exprs(values).and_where(Expr::exists(clash).not()).take();
        if capability.sql == DbBackend::MySql {
            // Old servers have no WHERE without a table.
            select.from_subquery(Query::select().expr(Expr::cust("1")).take(), "one");
        }
        let mut insert = Query::insert();
        insert.into_table(self.table()).columns(columns.into_iter().map(Self::name));
        insert.select_from(select).map_err(|_| Error::Internal(Fault::of_us("columns and values differ in number")))?;
        Ok(insert)
    }

    /// The statement that makes a row.
    pub(super) fn insert(&self, row: NewRow) -> Result<InsertStatement, Error> {
        let mut insert = Query::insert();
        insert.into_table(self.table());
        let (columns, values) = row.into_parts();
        if columns.is_empty() {
            insert.or_default_values();
        } else {
            insert.columns(columns.into_iter().map(Self::name));
            insert.values(values).map_err(|_| Error::Internal(Fault::of_us("columns and values differ in number")))?;
        }
        Ok(insert)
    }
}

/// The statements that make a row, written before a connection is taken.
pub(super) struct Insert {
    target: Target,
    insert: WriteOne,
    /// Whether no row means that there was one already.
    yields: bool,
    /// Finds the row that the same request has made before.
    made: Option<Made>,
}

impl Insert {
    pub(super) fn of(
        session: &Session,
        target: Target,
        record: &Record,
        scope: Option<Condition>,
        asked: Option<&Arc<Asked>>,
    ) -> Result<Self, Error> {
        let capability = session.store.capability();
        let mut row = NewRow::of(target, record)?;
        if let Some(asked) = asked {
            asked.sign(target, &mut row);
        }
        let natural = target.mapping.natural().filter(|_| row.is_named);
        let clash = natural.map(|natural| natural.clash(target, record, None)).transpose()?;
        let is_looked_for = clash.is_some();
        let mut insert = target.insert_unless(capability, row, clash)?;
        // Where an error would end the transaction, a row that is there already must not be one.
        let is_no_error = (session.is_in_transaction() || asked.is_some()) && capability.errors_end_transactions;
        if is_no_error {
            insert.on_conflict(OnConflict::new().do_nothing().to_owned());
        }
        let insert = WriteOne::insert(target, capability, insert, record, scope, !session.is_in_transaction())?;
        let made = asked.map(|asked| Made::by(target, capability, asked.clone())).transpose()?;
        Ok(Self { target, insert, yields: is_no_error || is_looked_for, made })
    }
}

impl Work for Insert {
    type Done = Stored;

    fn is_one_statement(&self) -> bool {
        self.insert.is_one_statement() && !self.insert.may_be_taken_back()
    }

    fn rows(_: &Stored) -> usize {
        1
    }

    async fn run(self, connection: &mut Connection) -> Result<Stored, Stop> {
        let Self { target, insert, yields, made } = self;
        let stored = match insert.run(target, connection, Operation::Create).await {
            Ok(None) if yields => None,
            Ok(stored) => Some(stored.ok_or_else(|| Stop::TakeBack(Error::integrity(target.object(), "no row was made", None)))?),
            Err(Stop::Failure(failure)) if made.is_some() && failure.is_of_unique() => None,
            Err(stop) => return Err(stop),
        };
        match (stored, made) {
            (Some(stored), _) => Ok(stored),
            (None, Some(made)) => made.find(target, connection).await,
            (None, None) => Err(Stop::Error(Error::AlreadyExists { object: target.object().clone() })),
        }
    }
}

/// Fails with [`Error::AlreadyExists`] if a query finds a row.
pub(super) async fn no_row(target: Target, connection: &mut Connection, query: Prepared) -> Result<(), Stop> {
    connection.query(query, |_| Err(Stop::Error(Error::AlreadyExists { object: target.object().clone() }))).await
}

/// The row for which `condition` holds, if there is one.
pub(super) async fn read_back(
    target: Target,
    connection: &mut Connection,
    capability: &Capability,
    condition: Condition,
) -> Result<Option<Stored>, Stop> {
    let select = capability.prepare(&target.select(target.all(), condition));
    let mut found = None;
    connection
        .query(select, |row| {
            found = Some(target.read(row, target.all())?);
            Ok::<_, Stop>(())
        })
        .await?;
    Ok(found)
}
