//! Tables, migrations, the demo shop and the embedded database's locks, without HTTP.

mod changes;
mod generated;
mod migrations;
mod once;
mod schema;
mod seed;
mod writers;
