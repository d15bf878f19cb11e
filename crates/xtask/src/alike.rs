//! Puts the wasm's functions that are alike next to each other, where brotli finds what they have in common.

use anyhow::{Context as _, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::path::Path;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// So many bytes in a row make two functions alike.
const RUN: usize = 6;
/// What more functions than this have in common tells nothing.
const COMMON: usize = 200;

/// Orders the functions of the wasm at `path`.
pub(crate) fn order(path: &Path) -> Result<()> {
    let wasm = std::fs::read(path)?;
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let order = by_likeness(&bodies);
    let mut moved = Moved { place: BTreeMap::new(), order };
    for (new, old) in (imported..).zip(&moved.order) {
        moved.place.insert(imported + u32::try_from(*old)?, new);
    }
    let mut module = wasm_encoder::Module::new();
    let done = moved.parse_core_module(&mut module, Parser::new(0), &wasm);
    done.with_context(|| format!("cannot order the functions of {}", path.display()))?;
    std::fs::write(path, module.finish())?;
    Ok(())
}

/// Where functions are moved.
struct Moved {
    /// The old numbers among those that are not imported, in the new order.
    order: Vec<usize>,
    /// The new index of each by its old one. Imported functions keep theirs.
    place: BTreeMap<u32, u32>,
}

impl Reencode for Moved {
    type Error = Infallible;

    fn function_index(&mut self, old: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.place.get(&old).copied().unwrap_or(old))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut wasm_encoder::FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for kind in self.order.iter().filter_map(|old| types.get(*old)) {
            functions.function(*kind);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut wasm_encoder::CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for old in self.order.clone() {
            if let Some(body) = bodies.get(old) {
                utils::parse_function_body(self, code, body.clone())?;
            }
        }
        Ok(())
    }
}

/// The numbers of `bodies`, each behind the one that it has most in common with: the largest first, and again the largest of
/// what is left where nothing is alike.
fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<BTreeSet<&[u8]>> = bodies.iter().map(|body| body.windows(RUN).collect()).collect();
    let mut holders: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (number, runs) in runs.iter().enumerate() {
        for run in runs {
            holders.entry(run).or_default().push(number);
        }
    }
    holders.retain(|_, numbers| (2..COMMON).contains(&numbers.len()));
    let mut left: BTreeSet<(usize, usize)> =
        bodies.iter().enumerate().map(|(number, body)| (body.len(), number)).collect();
    let mut order = Vec::new();
    let mut next = left.last().copied();
    while let Some(entry) = next {
        let (_, number) = entry;
        left.remove(&entry);
        order.push(number);
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for other in runs.get(number).into_iter().flatten().filter_map(|run| holders.get(run)).flatten() {
            *shared.entry(*other).or_default() += 1;
        }
        // In proportion to its size: a large function has something in common with everything.
        let likeness = |(len, number): &(usize, usize)| Some(shared.get(number)? * 1_000_000 / (len + 20));
        let alike = left.iter().filter_map(|entry| Some((likeness(entry)?, *entry))).max();
        next = alike.map(|(_, entry)| entry).or_else(|| left.last().copied());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::{by_likeness, order};
    use walrus::ir::{Instr, Value};
    use walrus::{ExportItem, FunctionBuilder, Module, ValType};

    #[test]
    fn what_is_alike_is_next_to_each_other_and_nothing_is_lost() {
        let bodies: [&[u8]; 5] =
            [b"aaaa bbbb cccc", b"1234567890", b"xxaaaa bbbb cc", b"?", b"__1234567890123"];
        assert_eq!(by_likeness(&bodies), [4, 1, 2, 0, 3]);
        assert!(by_likeness(&[]).is_empty());
    }

    #[test]
    fn whoever_was_called_is_called_and_exported_is_exported() {
        let mut module = Module::default();
        let nothing = module.types.add(&[], &[]);
        module.add_import_func("page", "imported", nothing);
        let mut constant = |value: i64| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I64]);
            builder.func_body().i64_const(value);
            builder.finish(vec![], &mut module.funcs)
        };
        let constants = [1, 1 << 40, 3].map(&mut constant);
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I64; 3]);
        for function in constants {
            builder.func_body().call(function);
        }
        let caller = builder.finish(vec![], &mut module.funcs);
        module.exports.add("caller", caller);
        let file = std::env::temp_dir().join(format!("xtask-alike-{}.wasm", std::process::id()));
        std::fs::write(&file, module.emit_wasm()).unwrap();
        order(&file).unwrap();
        let module = Module::from_file(&file).unwrap();
        std::fs::remove_file(file).unwrap();
        let body = |id| {
            let local = module.funcs.get(id).kind.unwrap_local();
            local.block(local.entry_block()).instrs.iter().map(|(instr, _)| instr.clone()).collect::<Vec<_>>()
        };
        let caller = module.exports.iter().find(|export| export.name == "caller").map(|export| export.item);
        let Some(ExportItem::Function(caller)) = caller else { panic!("the function is not exported") };
        let returned = body(caller).into_iter().map(|instr| {
            let Instr::Call(call) = instr else { panic!("not a call: {instr:?}") };
            body(call.func)
        });
        let returned: Vec<_> = returned
            .map(|body| match body.as_slice() {
                [Instr::Const(constant)] => constant.value,
                other => panic!("not a constant: {other:?}"),
            })
            .collect();
        assert!(
            matches!(returned.as_slice(), [Value::I64(1), Value::I64(1_099_511_627_776), Value::I64(3)]),
            "{returned:?}"
        );
    }
}
