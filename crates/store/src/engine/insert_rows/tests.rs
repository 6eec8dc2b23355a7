//! That the statements are those that the query builder would write, and that there are few of them.

use chrono::NaiveDateTime;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{DbBackend, Value};

use super::*;
use crate::engine::arguments::{Arguments, Parameters};

const ENGINES: &[&Capability] = &[
    &Capability::POSTGRES,
    #[cfg(feature = "mysql")]
    &Capability::MARIADB,
    #[cfg(feature = "sqlite")]
    &Capability::SQLITE,
];
const COLUMNS: [&str; 3] = ["is", "text", "at"];

type Row = [Bindable<'static>; 3];

/// A row of each truth that there is.
fn rows() -> [Row; 3] {
    let time: NaiveDateTime = "2024-03-01T12:00:00.123456".parse().unwrap();
    [(Some(true), "a"), (None, "b"), (Some(false), "c")]
        .map(|(truth, text)| [Bindable::Truth(truth), Bindable::Text(Some(text.into())), Bindable::Time(truth.map(|_| time))])
}

/// The same with a number in the place of the truth.
fn plain() -> [Row; 3] {
    rows().map(|[_, text, time]| [Bindable::Integer(Some(1)), text, time])
}

fn cells(other: Value) -> Vec<SimpleExpr> {
    vec![Expr::col("id"), Expr::col("text").eq("?1 $1"), Expr::cust("1"), Expr::value(other)]
}

fn written(capability: &'static Capability, shape: Shape, rows: &[Row], cells: Vec<SimpleExpr>) -> Prepared {
    let mut insert = InsertRows::begin(capability, shape, ("a table", &COLUMNS), rows.len(), cells);
    rows.iter().try_for_each(|row| insert.add(&mut row.clone())).unwrap();
    insert.end().unwrap()
}

/// The text with the values in the place of their marks.
fn filled(capability: &Capability, sql: &str, values: &[Value]) -> String {
    let number = |part: &str| part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
    let (mut places, mut text) = (values.iter(), String::new());
    for (at, part) in sql.split(if capability.types_parameters() { '$' } else { '?' }).enumerate() {
        let digits = number(part);
        match part[..digits].parse::<usize>() {
            Ok(place) => text.push_str(&format!("{:?}", values[place - 1])),
            Err(_) if at > 0 => text.push_str(&format!("{:?}", places.next().unwrap())),
            Err(_) => {}
        }
        text.push_str(&part[digits..]);
    }
    text
}

fn shown(parameters: &Parameters) -> String {
    match parameters {
        Parameters::Values(values) => format!("{values:?}"),
        Parameters::Arguments(arguments) => match &**arguments {
            #[cfg(feature = "sqlite")]
            Arguments::Sqlite(arguments) => format!("{arguments:?}"),
            Arguments::Postgres(arguments) => format!("{arguments:?}"),
            #[cfg(feature = "mysql")]
            Arguments::MySql(arguments) => format!("{arguments:?}"),
        },
    }
}

#[test]
fn rows_are_written_as_the_query_builder_writes_them() {
    for capability in ENGINES {
        // The second is bound in a form that has to go by way of values.
        for other in [Value::from(7_i64), Value::from(7_u64)] {
            let mut insert = Query::insert().into_table("a table").columns(COLUMNS).to_owned();
            for row in rows() {
                insert.values(row.map(|value| Expr::value(Value::from(value)))).unwrap();
            }
            let (select, of_cells) = capability.write(&Query::select().exprs(cells(other.clone())).take());
            let (by_builder, bound) = if capability.sql == DbBackend::MySql {
                let (insert, bound) = capability.write(&insert);
                (insert + &select.replace("SELECT", " RETURNING"), [bound, of_cells.clone()].concat())
            } else {
                capability.write(insert.returning(Query::returning().exprs(cells(other.clone()))))
            };
            let mut ours = bound.clone();
            if capability.types_parameters() {
                ours.rotate_right(of_cells.len());
            }
            let by_hand = written(capability, Shape::Cells(3), &rows(), cells(other.clone()));
            assert_eq!(filled(capability, by_hand.sql.as_str(), &ours), filled(capability, &by_builder, &bound));
            let is_kept = matches!(by_hand.parameters, Parameters::Values(_));
            assert_eq!(is_kept, !capability.types_parameters() && other == Value::from(7_u64));
            let expected = if is_kept { Parameters::Values(ours) } else { Parameters::begin(capability.sql, ours) };
            assert_eq!(shown(&by_hand.parameters).replace("Int64", "Int"), shown(&expected).replace("Int64", "Int"));
        }
    }
}

#[test]
fn columns_have_one_text_for_any_number_of_rows() {
    let of = |rows: &[Row]| written(&Capability::POSTGRES, Shape::Columns(3), rows, cells(Value::from(7)));
    let (one, three) = (of(&plain()[..1]), of(&plain()));
    assert_eq!(one.sql, three.sql);
    assert_eq!(
        three.sql.as_str(),
        "INSERT INTO \"a table\" (\"is\", \"text\", \"at\") SELECT * FROM unnest($3, $4, $5) \
         RETURNING \"id\", \"text\" = $1, 1, $2"
    );
    let time = |row: usize| match &plain()[row] {
        [_, _, Bindable::Time(time)] => *time,
        _ => None,
    };
    let mut arguments = sqlx::postgres::PgArguments::default();
    sqlx::Arguments::add(&mut arguments, "?1 $1").unwrap();
    sqlx::Arguments::add(&mut arguments, 7).unwrap();
    sqlx::Arguments::add(&mut arguments, vec![1_i64; 3]).unwrap();
    sqlx::Arguments::add(&mut arguments, vec!["a", "b", "c"]).unwrap();
    sqlx::Arguments::add(&mut arguments, (0..3).map(time).collect::<Vec<_>>()).unwrap();
    assert_eq!(shown(&three.parameters), format!("{arguments:?}"));
}

#[test]
fn batches_are_of_few_sizes_and_within_what_a_statement_binds() {
    let sizes = |capability: &Capability, columns: usize, mut left: usize| {
        let shape = Shape::of(capability, columns, 2, true);
        let mut sizes = Vec::new();
        while left > 0 {
            sizes.push(shape.rows(left));
            left -= sizes.last().unwrap();
        }
        sizes
    };
    for capability in ENGINES {
        assert_eq!(sizes(capability, 13, 1_000), [1_000]);
        assert_eq!(sizes(capability, 13, 2_179), [1_000, 1_000, 100, 50, 20, 5, 2, 2]);
        assert_eq!(sizes(capability, 128, 250), [100, 100, 50]);
        let few = Capability { parameters_max: 32, ..**capability };
        assert_eq!(sizes(&few, 3, 29), [10, 10, 5, 2, 2]);
        assert_eq!(sizes(&few, 31, 2), [1, 1]);
    }
    assert_eq!(Shape::of(&Capability::POSTGRES, 13, 2, false).rows(999), 999);
}

#[test]
fn a_row_of_other_columns_is_not_taken() {
    let cells = ENGINES.iter().map(|engine| (*engine, Shape::Cells(3)));
    for (capability, shape) in cells.chain([(&Capability::POSTGRES, Shape::Columns(3))]) {
        let mut insert = InsertRows::begin(capability, shape, ("a table", &COLUMNS), 3, Vec::new());
        let [mut row, ..] = plain();
        assert!(insert.add(&mut row[..2]).is_err());
        assert!(insert.add(&mut row).is_ok());
    }
}
