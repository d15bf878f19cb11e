//! Takes out of the wasm what nobody reads: the words of panics, and long names that it shares with its JavaScript.

use anyhow::{Result, ensure};
use std::path::Path;
use walrus::ir::Instr;
use walrus::{FunctionBuilder, FunctionId, Module};

/// Where Rust's functions for a panic are: none of them comes back. They write a message to a standard error that a
/// browser does not have, and stop at an `unreachable`; here they stop at once.
const PANICS: [&str; 12] = [
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::cell::panic_already_",
    "core::slice::index::slice_index_fail",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::str::slice_error_fail",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::alloc::handle_alloc_error",
    "std::thread::local::panic_access_error",
];

/// Makes panics of the wasm at `path` end at once, and the names of its imports short, there and in its `script`.
///
/// # Errors
/// Fails if a function that is taken for a panic may come back, or if there are no names to tell one by.
pub(crate) fn lighten(path: &Path, script: &mut String) -> Result<()> {
    let mut module = Module::from_file(path)?;
    end_panics_at_once(&mut module)?;
    for (number, import) in module.imports.iter_mut().enumerate() {
        let short = short_name(number);
        // A whole line's beginning: other names may hold this one.
        let line = format!("\n{}:", import.name);
        ensure!(script.contains(&line), "the script has no {}", import.name);
        *script = script.replacen(&line, &format!("\n{short}:"), 1);
        import.name = short;
    }
    std::fs::write(path, module.emit_wasm())?;
    Ok(())
}

fn end_panics_at_once(module: &mut Module) -> Result<()> {
    let is_panic = |id: FunctionId| {
        let name = without_hashes(module.funcs.get(id).name.as_deref().unwrap_or_default());
        PANICS.iter().any(|panic| name.starts_with(panic))
    };
    let panics: Vec<_> = module.funcs.iter_local().map(|(id, _)| id).filter(|id| is_panic(*id)).collect();
    ensure!(!panics.is_empty(), "the wasm has no panics, or no names to tell them by");
    for id in panics {
        let function = module.funcs.get(id);
        let name = function.name.clone().unwrap_or_default();
        let local = function.kind.unwrap_local();
        let last = local.block(local.entry_block()).instrs.last();
        ensure!(matches!(last, Some((Instr::Unreachable(_), _))), "{name} may come back");
        let (params, results) = module.types.params_results(function.ty());
        let (params, results) = (params.to_vec(), results.to_vec());
        let args = local.args.clone();
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        builder.func_body().unreachable();
        module.funcs.get_mut(id).kind = walrus::FunctionKind::Local(builder.local_func(args));
    }
    Ok(())
}

/// `core[0123456789abcdef]::option` as `core::option`.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + part.split_once(']').map_or(part, |(_, rest)| rest))
}

/// `a` to `z`, `aa` and so on.
fn short_name(number: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
    match number / 26 {
        0 => letter.to_string(),
        more => short_name(more - 1) + &letter.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{end_panics_at_once, short_name, without_hashes};
    use std::collections::BTreeSet;
    use walrus::{FunctionBuilder, FunctionId, Module, ValType};

    fn function(module: &mut Module, name: &str, comes_back: bool) -> FunctionId {
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
        let argument = module.locals.add(ValType::I32);
        let mut body = builder.name(name.to_owned()).func_body();
        body.local_get(argument).drop();
        if !comes_back {
            body.unreachable();
        }
        builder.finish(vec![argument], &mut module.funcs)
    }

    fn length(module: &Module, id: FunctionId) -> u64 {
        module.funcs.get(id).kind.unwrap_local().size()
    }

    #[test]
    fn panics_end_at_once_and_nothing_else_does() {
        let mut module = Module::default();
        let panic = function(&mut module, "core[0123456789abcdef]::panicking::panic_fmt", false);
        let other = function(&mut module, "payment::till::panicking", false);
        end_panics_at_once(&mut module).unwrap();
        assert_eq!((length(&module, panic), length(&module, other)), (1, 3));
    }

    #[test]
    fn what_may_come_back_is_no_panic() {
        let mut module = Module::default();
        assert!(end_panics_at_once(&mut module).is_err(), "there are no names");
        function(&mut module, "core::result::unwrap_failed::h0123456789abcdef", true);
        assert!(end_panics_at_once(&mut module).is_err());
    }

    #[test]
    fn names_lose_their_hashes_and_short_ones_are_unique() {
        assert_eq!(
            without_hashes("core[c5930c85a12de822]::option::unwrap_failed"),
            "core::option::unwrap_failed"
        );
        assert_eq!(without_hashes("main"), "main");
        let names: BTreeSet<_> = (0..1_000).map(short_name).collect();
        assert_eq!(names.len(), 1_000);
        assert_eq!([short_name(0), short_name(25), short_name(26)], ["a", "z", "aa"]);
    }
}
