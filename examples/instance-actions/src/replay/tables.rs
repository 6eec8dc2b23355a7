//! The tables themselves, past every policy: made, read whole, and replaced.

use recension::store::sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, Query};
use recension::store::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement, Value};

use super::engine::Engine;
use super::error::ReplayError;
use super::row::{ACTIONS, Cell, EVENTS, Holds, Row, Table, Tables};
use super::sequence::Sequence;

/// The tables of a database that a replay has to itself.
#[derive(Clone, Debug)]
pub(super) struct Database<'s> {
    connection: &'s DatabaseConnection,
}

impl<'s> Database<'s> {
    /// Makes the tables of a sequence in an empty database, with our columns.
    ///
    /// # Errors
    /// [`ReplayError::NotEmpty`] when the database has tables; those of the statements.
    pub(super) async fn make(connection: &'s DatabaseConnection, sequence: &Sequence) -> Result<Self, ReplayError> {
        let database = Self { connection };
        if database.has_table("%").await.map_err(ReplayError::of_table("database"))? {
            return Err(ReplayError::NotEmpty);
        }
        let instances = database.make_instances(sequence).await;
        instances.map_err(ReplayError::of_table("instances"))?;
        for statement in &sequence.create_statements {
            let made = connection.execute_unprepared(&database.engine().in_words(statement)).await;
            made.map_err(ReplayError::of_table("create_statements"))?;
        }
        recension_migrations::apply(connection).await?;
        Ok(database)
    }

    async fn make_instances(&self, sequence: &Sequence) -> Result<(), DbErr> {
        self.connection.execute_unprepared("CREATE TABLE instances (uuid VARCHAR(36) NOT NULL PRIMARY KEY)").await?;
        for uuid in &sequence.instances {
            let mut insert = Query::insert();
            insert.into_table(Alias::new("instances")).columns([Alias::new("uuid")]);
            insert.values([uuid.as_str().into()]).map_err(odd)?;
            self.connection.execute(&insert).await?;
        }
        Ok(())
    }

    fn engine(&self) -> Engine {
        Engine::of(self.connection.get_database_backend())
    }

    /// Whether there is a table of that name, which may be a pattern.
    async fn has_table(&self, name: &str) -> Result<bool, DbErr> {
        let backend = self.connection.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, self.engine().table_like(), [Value::from(name)]);
        Ok(self.connection.query_one_raw(statement).await?.is_some())
    }

    /// Runs a statement as somebody else's program sends it.
    pub(super) async fn run(&self, sql: &str) -> Result<(), DbErr> {
        self.lenient(false).await?;
        let done = self.connection.execute_unprepared(sql).await;
        self.lenient(true).await?;
        done.map(|_| ())
    }

    /// Whether keys to other tables are enforced. The reference does not do it on SQLite, so what it left in
    /// its tables, or what is done to them past it, may break them.
    async fn lenient(&self, enforced: bool) -> Result<(), DbErr> {
        for statement in self.engine().enforce(enforced) {
            self.connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// Both tables as they are.
    pub(super) async fn read(&self) -> Result<Tables, ReplayError> {
        let rows = async |table: &'static Table| self.rows(table).await.map_err(ReplayError::of_table(table.name));
        Ok(Tables { actions: rows(&ACTIONS).await?, events: rows(&EVENTS).await? })
    }

    async fn rows(&self, table: &Table) -> Result<Vec<Row>, DbErr> {
        let mut select = Query::select();
        let [text, integer] = self.engine().text_and_integer();
        for (column, holds) in table.columns {
            let cell = Expr::col(Alias::new(*column));
            // Times are texts too, whatever type the driver would make of them, and integers have one width.
            let cell = cell.cast_as(if *holds == Holds::Integer { integer } else { text });
            select.expr_as(cell, Alias::new(*column));
        }
        select.from(Alias::new(table.name)).order_by(Alias::new("id"), Order::Asc);
        let mut rows = Vec::new();
        for found in self.connection.query_all(&select).await? {
            let mut row = Row::default();
            for (column, holds) in table.columns {
                let cell = match holds {
                    Holds::Integer => found.try_get::<Option<i64>>("", column)?.map(Cell::Integer),
                    _ => found.try_get::<Option<String>>("", column)?.map(Cell::Text),
                };
                row.set(column, *holds, cell.unwrap_or(Cell::Null));
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// Puts these rows in the place of all that are there, as the reference wrote them: without a revision
    /// and a natural key. The next ids follow the largest ones.
    pub(super) async fn replace(&self, tables: &Tables) -> Result<(), ReplayError> {
        self.replaced(tables).await.map_err(ReplayError::of_table("rows"))
    }

    async fn replaced(&self, tables: &Tables) -> Result<(), DbErr> {
        self.lenient(false).await?;
        for table in [&EVENTS, &ACTIONS] {
            self.connection.execute(Query::delete().from_table(Alias::new(table.name))).await?;
        }
        for table in [&ACTIONS, &EVENTS] {
            for row in tables.of(table) {
                let mut insert = Query::insert();
                insert.into_table(Alias::new(table.name)).columns(table.columns.iter().map(|(column, _)| Alias::new(*column)));
                let values = table.columns.iter().map(|(column, holds)| match Expr::val(bound(row.cell(column), *holds)) {
                    time if *holds == Holds::Time && self.engine() == Engine::Postgres => time.cast_as("timestamp"),
                    value => value,
                });
                insert.values(values).map_err(odd)?;
                self.connection.execute(&insert).await?;
            }
        }
        self.lenient(true).await?;
        self.reset_sequences().await
    }

    /// Lets the next row have the id after the largest one, as the reference's database does. SQLite does it by itself where a
    /// table was not made with a sequence of its own; the others have given an id to each row that was refused.
    pub(super) async fn follow_ids(&self) -> Result<(), ReplayError> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        self.reset_sequences().await.map_err(ReplayError::of_table("ids"))
    }

    async fn reset_sequences(&self) -> Result<(), DbErr> {
        for Table { name, .. } in [&ACTIONS, &EVENTS] {
            if let Some(sql) = self.engine().follow_largest_id(name) {
                self.connection.execute_unprepared(&sql).await?;
            }
        }
        if self.engine() != Engine::Sqlite {
            return Ok(());
        }
        if !self.has_table("sqlite_sequence").await? {
            return Ok(());
        }
        for table in [&ACTIONS, &EVENTS] {
            let largest = Func::coalesce([Func::max(Expr::col(Alias::new("id"))).into(), Expr::val(0)]);
            let largest = Query::select().expr(largest).from(Alias::new(table.name)).take();
            let mut update = Query::update();
            update.table(Alias::new("sqlite_sequence")).value(Alias::new("seq"), largest);
            update.and_where(Expr::col(Alias::new("name")).eq(table.name));
            self.connection.execute(&update).await?;
        }
        Ok(())
    }
}

fn bound(cell: &Cell, holds: Holds) -> Value {
    match (cell, holds) {
        (Cell::Null, Holds::Integer) => Value::BigInt(None),
        (Cell::Null, _) => Value::String(None),
        (Cell::Integer(number), _) => Value::BigInt(Some(*number)),
        (Cell::Text(text), _) => Value::String(Some(text.clone())),
    }
}

/// Columns and values that differ in number.
fn odd(error: recension::store::sea_orm::sea_query::error::Error) -> DbErr {
    DbErr::Custom(error.to_string())
}
