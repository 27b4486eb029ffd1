//! `/api/auth`

mod login;
mod logout;
mod me;
mod refresh;
mod register;
mod storage;
mod tokens;
