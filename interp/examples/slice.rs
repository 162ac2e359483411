//! Runs one script without the library: for measuring the machine alone.
use lockstep_interp::object::py::{Config, Interp};
use lockstep_sched::ThreadKind;

fn main() {
    let path = std::env::args().nth(1).expect("a script");
    let source = std::fs::read_to_string(&path).expect("readable");
    let interp = Interp::new(Config::default(), (1, 2));
    interp.run(ThreadKind::Main, |py| {
        lockstep_interp::embed::setup::initialise(py, &lockstep_interp::import::NoLibrary);
        let tree = lockstep_grammar::parse(
            &source,
            lockstep_grammar::Mode::Exec,
            lockstep_grammar::Dialect::Python3,
            Default::default(),
        )
        .map_err(|e| e.message)
        .expect("parses");
        let lines = lockstep_grammar::span::LineIndex::new(&source);
        let options = lockstep_compile::compile::Options {
            filename: path.as_str().into(),
            dialect: lockstep_grammar::Dialect::Python3,
            optimize: 0,
            future: Default::default(),
        };
        let code = lockstep_compile::compile::compile(
            &tree,
            lockstep_compile::compile::Source { text: &source, lines: &lines },
            &options,
        )
        .map_err(|e| e.message)
        .expect("compiles")
        .code;
        if std::env::args().nth(2).is_some_and(|a| a == "--dump") {
            println!("{}", lockstep_compile::code::disassemble(&code));
        }
        let code = py.new_code(&code);
        let globals = py.new_dict();
        let name = py.str("__main__");
        lockstep_interp::types::dict::set_name(py, &globals, "__name__", name);
        let builtins = py.shared().builtins.clone().expect("installed");
        if let Err(e) = lockstep_interp::vm::run_code(py, &code, &globals, &builtins, None, Vec::new()) {
            let e = py.exception(e);
            let kind = py.type_name(e.as_value());
            let args = e.get(py).args.clone();
            println!(
                "{kind}: {:?}",
                args.downcast::<lockstep_interp::types::tuple::Tuple>().map(|t| t
                    .slice()
                    .iter()
                    .map(|v| v.downcast::<lockstep_interp::types::str::Str>().map(|s| s.to_string()))
                    .collect::<Vec<_>>())
            );
        }
    });
}
