//! `/api/auth`

mod account;
mod login;
mod logout;
mod me;
mod refresh;
mod register;
mod sessions;
mod storage;
mod timing;
mod tokens;
mod users;
