//! The migrations of the run's database make exactly the tables that `backend/src/db/schema.rs` describes.

use std::collections::BTreeSet;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Bool, Text},
};

use crate::support::{Content, TestDatabase, database::is_postgres};

/// A column: table, name, type, whether it may be null, and its place in the primary key from 1, or 0.
type Column = (String, String, String, bool, i64);

const SCHEMA: &str = include_str!("../../../src/db/schema.rs");

/// Reads the text inside each `diesel::table! { … }`.
fn described() -> BTreeSet<Column> {
    let mut columns = BTreeSet::new();
    for table in SCHEMA.split("diesel::table! {").skip(1) {
        let (head, rest) = table.split_once('{').unwrap();
        let (name, key) = head.trim().trim_end_matches(')').split_once('(').unwrap();
        let key: Vec<&str> = key.split(',').map(|column| column.trim().trim_end_matches(')')).collect();
        for line in rest.split_once('}').unwrap().0.lines().map(str::trim).filter(|line| line.contains("->"))
        {
            let (column, kind) = line.trim_end_matches(',').split_once(" -> ").unwrap();
            let nullable = kind.strip_prefix("Nullable<").map(|kind| kind.trim_end_matches('>'));
            let place = key.iter().position(|part| *part == column).map_or(0, |place| place + 1);
            columns.insert((
                name.trim().to_owned(),
                column.to_owned(),
                nullable.unwrap_or(kind).to_owned(),
                nullable.is_some(),
                i64::try_from(place).unwrap(),
            ));
        }
    }
    columns
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = BigInt)]
    place: i64,
}

const ON_SQLITE: &str = r#"
    SELECT tables.name AS table_name, columns.name AS column_name, columns.type AS kind,
           columns."notnull" = 0 AS nullable, columns.pk AS place
    FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT LIKE '\_\_diesel%' ESCAPE '\'"#;

const ON_POSTGRES: &str = r"
    SELECT columns.table_name::text AS table_name, columns.column_name::text AS column_name,
           columns.data_type::text AS kind, columns.is_nullable = 'YES' AS nullable,
           COALESCE(keys.ordinal_position, 0)::bigint AS place
    FROM information_schema.columns AS columns
    LEFT JOIN information_schema.table_constraints AS constraints
        ON constraints.table_name = columns.table_name AND constraints.table_schema = columns.table_schema
        AND constraints.constraint_type = 'PRIMARY KEY'
    LEFT JOIN information_schema.key_column_usage AS keys
        ON keys.constraint_name = constraints.constraint_name AND keys.table_schema = constraints.table_schema
        AND keys.table_name = columns.table_name AND keys.column_name = columns.column_name
    WHERE columns.table_schema = 'public' AND columns.table_name NOT LIKE '\_\_diesel%'";

fn migrated() -> BTreeSet<Column> {
    let database = TestDatabase::with(Content::Tables);
    let statement = if is_postgres() { ON_POSTGRES } else { ON_SQLITE };
    let rows: Vec<Row> = database.query(|connection| sql_query(statement).load(connection));
    let column =
        |row: Row| (row.table_name, row.column_name, class(&row.kind).to_owned(), row.nullable, row.place);
    rows.into_iter().map(column).collect()
}

/// What diesel calls a type of either database.
fn class(kind: &str) -> &'static str {
    match kind.to_lowercase().as_str() {
        "text" => "Text",
        "boolean" => "Bool",
        "integer" => "Integer",
        "bigint" => "BigInt",
        "timestamp" | "timestamp without time zone" => "Timestamp",
        other => panic!("a column of type {other}"),
    }
}

#[test]
fn the_migrations_make_the_tables_that_the_code_describes() {
    let (described, migrated) = (described(), migrated());
    assert!(described.len() > 80, "the description was read");
    let only_described: Vec<_> = described.difference(&migrated).collect();
    let only_migrated: Vec<_> = migrated.difference(&described).collect();
    assert!(only_described.is_empty(), "described, but not made: {only_described:#?}");
    assert!(only_migrated.is_empty(), "made, but not described: {only_migrated:#?}");
}

#[test]
fn every_table_has_a_primary_key() {
    let columns = described();
    let tables: BTreeSet<_> = columns.iter().map(|column| &column.0).collect();
    let with_key: BTreeSet<_> =
        columns.iter().filter(|column| column.4 > 0).map(|column| &column.0).collect();
    assert_eq!(tables, with_key);
}
