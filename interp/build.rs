//! Chooses how the machine goes from one instruction to the next: where the optimiser turns a
//! call at the end of a function into a jump, each instruction jumps to the next (`threaded`);
//! elsewhere (unoptimised builds, sanitizers, other processors) a loop calls them in turn.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo:rustc-check-cfg=cfg(threaded)");
    let is = |name: &str, wanted: &[&str]| std::env::var(name).is_ok_and(|v| wanted.contains(&v.as_str()));
    let instrumented = std::env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("sanitizer"));
    if is("OPT_LEVEL", &["2", "3", "s", "z"]) && is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && !instrumented {
        println!("cargo:rustc-cfg=threaded");
    }
}
