//! Takes out of the wasm what nobody reads: the words of panics, and long names that it shares with its JavaScript.

use anyhow::{Context as _, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use walrus::ir::{Instr, Value};
use walrus::{ConstExpr, DataKind, FunctionBuilder, FunctionId, FunctionKind, Module};

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

/// Parts of the names of what the streams' classes do, which [`shrink`](crate::shrink) takes out of the script: nothing calls
/// it any more, and only the table of functions holds it.
const STREAMS: [&str; 2] = ["wasm_streams", "js_sys::futures::future_to_promise"];

/// Takes out of the wasm at `path` what nobody reads or calls, and makes the names of its imports short, there and in its
/// `script`.
///
/// # Errors
/// Fails if a function that is taken for a panic may come back, or if there are no names to tell one by.
pub(crate) fn lighten(path: &Path, script: &mut String) -> Result<()> {
    let mut module = Module::from_file(path)?;
    end_panics_at_once(&mut module)?;
    let is_stream = |name: &str| STREAMS.iter().any(|part| name.contains(part));
    for id in named(&module, is_stream) {
        end_at_once(&mut module, id);
    }
    forget_locations(&mut module);
    for (number, import) in module.imports.iter_mut().enumerate() {
        let short = short_name(number);
        // A whole line's beginning: other names may hold this one.
        let line = format!("{ENTRY}{}:", import.name);
        ensure!(script.contains(&line), "the script has no {}", import.name);
        *script = script.replacen(&line, &format!("{ENTRY}{short}:"), 1);
        import.name = short;
    }
    let mut closures: Vec<_> =
        module.exports.iter_mut().filter(|export| export.name.starts_with(CLOSURE)).collect();
    // The longest first: others may begin it.
    closures.sort_by_key(|export| std::cmp::Reverse(export.name.len()));
    for (number, export) in closures.into_iter().enumerate() {
        let short = format!("invoke{number}");
        *script = script.replace(&export.name, &short);
        export.name = short;
    }
    std::fs::write(path, module.emit_wasm())?;
    Ok(())
}

/// How the names of the exports begin that call Rust's closures.
const CLOSURE: &str = "wasm_bindgen__convert__closures";

/// How an imported function begins in the script.
const ENTRY: &str = "\n        ";

/// `script` without the functions that the wasm at `path` does not import, and without what only those call.
///
/// # Errors
/// Fails if the wasm cannot be read, or the script is written in another way.
pub(crate) fn without_unused(path: &Path, script: &str) -> Result<String> {
    let module = Module::from_file(path)?;
    let imports: BTreeSet<&str> = module.imports.iter().map(|import| import.name.as_str()).collect();
    let mut script = without_functions(script, ENTRY, |name| !imports.contains(name))?;
    loop {
        let uses = |name: &str| script.matches(name).count();
        let kept = without_functions(&script, "\nfunction ", |name| uses(name) == 1)?;
        if kept.len() == script.len() {
            return Ok(kept);
        }
        script = kept;
    }
}

/// `script` without those functions behind a `lead` whose name is `unused`. Each ends at the first brace that stands as far
/// to the right as it begins.
fn without_functions(script: &str, lead: &str, unused: impl Fn(&str) -> bool) -> Result<String> {
    let end = if lead == ENTRY { "\n        }" } else { "\n}" };
    let mut kept = String::new();
    let mut rest = script;
    while let Some(at) = rest.find(lead) {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let name = from.get(lead.len()..).unwrap_or_default().split([':', '(']).next().unwrap_or_default();
        let is_function = lead != ENTRY
            || from.get(lead.len() + name.len()..).is_some_and(|rest| rest.starts_with(": function"));
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let (head, tail) = if is_function && is_name && unused(name) {
            let end = from.find(end).with_context(|| format!("{name} has no end"))?;
            let tail = from.get(end + 1..).unwrap_or_default();
            ("", tail.find('\n').map_or("", |line| tail.get(line..).unwrap_or_default()))
        } else {
            from.split_at(lead.len())
        };
        kept.push_str(head);
        rest = tail;
    }
    kept.push_str(rest);
    Ok(kept)
}

fn named(module: &Module, is_meant: impl Fn(&str) -> bool) -> Vec<FunctionId> {
    let all = module.funcs.iter_local().map(|(id, _)| id);
    all.filter(|id| is_meant(&without_hashes(module.funcs.get(*id).name.as_deref().unwrap_or_default())))
        .collect()
}

fn end_panics_at_once(module: &mut Module) -> Result<()> {
    let panics = named(module, |name| PANICS.iter().any(|panic| name.starts_with(panic)));
    ensure!(!panics.is_empty(), "the wasm has no panics, or no names to tell them by");
    for id in panics {
        let function = module.funcs.get(id);
        let local = function.kind.unwrap_local();
        let last = local.block(local.entry_block()).instrs.last();
        let ends = matches!(last, Some((Instr::Unreachable(_), _)));
        ensure!(ends, "{} may come back", function.name.as_deref().unwrap_or_default());
        end_at_once(module, id);
    }
    Ok(())
}

/// Makes of a function's body an `unreachable`.
fn end_at_once(module: &mut Module, id: FunctionId) {
    let function = module.funcs.get(id);
    let (params, results) = module.types.params_results(function.ty());
    let (params, results) = (params.to_vec(), results.to_vec());
    let args = function.kind.unwrap_local().args.clone();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    builder.func_body().unreachable();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(args));
}

/// Overwrites with zeros the places in the source that panics name: pointer and length of a file's name, line and column. Only
/// messages of panics read them.
fn forget_locations(module: &mut Module) {
    let mut memory = BTreeMap::new();
    for data in module.data.iter() {
        if let DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } = data.kind
            && let Ok(offset) = usize::try_from(offset)
        {
            memory.insert(offset, (data.id(), data.value.clone()));
        }
    }
    let text = |pointer: u32, length: u32| {
        let (pointer, length) = (usize::try_from(pointer).ok()?, usize::try_from(length).ok()?);
        let (offset, (_, bytes)) = memory.range(..=pointer).next_back()?;
        bytes.get(pointer - offset..)?.get(..length)
    };
    let mut forgotten = Vec::new();
    for (offset, (_, bytes)) in &memory {
        let first = offset.next_multiple_of(4) - offset;
        for at in (first..bytes.len()).step_by(4) {
            let word = |number: usize| {
                let bytes = bytes.get(at + 4 * number..)?.first_chunk::<4>()?;
                Some(u32::from_le_bytes(*bytes))
            };
            let (Some(pointer), Some(length), Some(line), Some(column)) =
                (word(0), word(1), word(2), word(3))
            else {
                continue;
            };
            let is_place = (1..100_000).contains(&line) && (1..1_000).contains(&column);
            if is_place
                && (4..300).contains(&length)
                && text(pointer, length).is_some_and(|name| name.ends_with(b".rs"))
            {
                forgotten.push((offset + at, 16));
                forgotten.push((
                    usize::try_from(pointer).unwrap_or_default(),
                    usize::try_from(length).unwrap_or_default(),
                ));
            }
        }
    }
    for (from, length) in forgotten {
        if let Some((offset, (id, _))) = memory.range(..=from).next_back()
            && let Some(bytes) = module.data.get_mut(*id).value.get_mut(from - offset..from - offset + length)
        {
            bytes.fill(0);
        }
    }
}

/// `core[0123456789abcdef]::option` as `core::option`.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + part.split_once(']').map_or(part, |(_, rest)| rest))
}

/// `a` to `z`, `aa` and so on.
pub(crate) fn short_name(number: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
    match number / 26 {
        0 => letter.to_string(),
        more => short_name(more - 1) + &letter.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ENTRY, end_panics_at_once, forget_locations, short_name, without_functions, without_hashes};
    use std::collections::BTreeSet;
    use walrus::ir::Value;
    use walrus::{ConstExpr, DataKind, FunctionBuilder, FunctionId, Module, ValType};

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
    fn functions_that_are_not_wanted_go_whole() {
        let (a, b) = (
            "\n        a: function(arg0) {\n            if (x) {\n            }\n        },",
            "\n        b: function() { return handleError(function (arg0) {\n            y();\n        }, arguments); },",
        );
        let script = format!("const import0 = {{{a}{b}\n}};\nfunction f(x) {{\n    f2();\n}}\nlet z;\n");
        let without = |lead, name: &str| without_functions(&script, lead, |found| found == name).unwrap();
        assert_eq!(without(ENTRY, "a"), script.replace(a, ""));
        assert_eq!(without(ENTRY, "b"), script.replace(b, ""));
        assert_eq!(without("\nfunction ", "f"), script.replace("\nfunction f(x) {\n    f2();\n}", ""));
        assert_eq!(without("\nfunction ", "f2"), script);
    }

    #[test]
    fn places_in_the_source_are_forgotten_and_nothing_else_is() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let record = |pointer: u32, length: u32, line: u32| {
            [pointer, length, line, 5].into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>()
        };
        let names = b"src/a.rssrc/b.md".to_vec();
        let others = [record(1032, 8, 7), record(1024, 8, 0), record(4096, 8, 7)].concat();
        let bytes = [names, record(1024, 8, 7), others.clone()].concat();
        let kind = DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(1024)) };
        let data = module.data.add(kind, bytes);
        forget_locations(&mut module);
        let wanted = [b"\0\0\0\0\0\0\0\0src/b.md".to_vec(), vec![0; 16], others].concat();
        assert_eq!(module.data.get(data).value, wanted);
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
