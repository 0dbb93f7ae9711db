//! A new migration makes this crate anew: the compiler sees only the files that it has read before.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
