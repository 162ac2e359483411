//! Turns `src/python.lalrpop` into a parser.

fn main() {
    println!("cargo::rerun-if-changed=src/python.lalrpop");
    lalrpop::process_src().expect("the grammar has no conflicts");
}
