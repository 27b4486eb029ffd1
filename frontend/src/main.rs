//! Starts the storefront.

fn main() {
    frontend::start();
}
