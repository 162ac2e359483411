//! How the program is linked: so that starting it touches little memory.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo::rustc-check-cfg=cfg(system_allocator)");
    // A sanitizer wants to see every block that is freed.
    if std::env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("sanitizer")) {
        println!("cargo::rustc-cfg=system_allocator");
    }
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    // At a fixed address nothing need be relocated at every start (a third of a megabyte of tables
    // to read and of memory to write), as distributions link their Python. Heap, stack and
    // libraries are at random addresses all the same.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    // The few functions of the library that are used, instead of one library more to load.
    println!("cargo::rustc-link-lib=dylib:+verbatim=libgcc_eh.a");
    // What every start needs lies together, so that little of the program need be in memory.
    println!("cargo::rerun-if-changed=startup.ld");
    println!("cargo::rerun-if-env-changed=LOCKSTEP_PLAIN_LAYOUT");
    if std::env::var_os("LOCKSTEP_PLAIN_LAYOUT").is_some() {
        // What startup.py wants to know.
        let map = std::path::Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join("lockstep.map");
        println!("cargo::rustc-link-arg-bins=-Wl,-Map={}", map.display());
        println!("cargo::warning=the link map will be {}", map.display());
    } else {
        // From the output folder, whose path cargo keeps right when the checkout or its `target`
        // moves to another place.
        let copy = std::path::Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join("startup.ld");
        match std::fs::copy("startup.ld", &copy) {
            Ok(_) => println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", copy.display()),
            Err(error) => println!("cargo::warning=startup.ld: {error}: the program starts a little slower"),
        }
    }
}
