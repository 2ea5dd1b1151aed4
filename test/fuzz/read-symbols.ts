/** Asks everything of a program's symbols, debug information and notes, and of kernel types, that the commands ask. */

import { FtuiError } from '../../src/base/errors.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { sourceKnowledge } from '../../src/control/uprobe-lines.ts';
import { parseBtf } from '../../src/symbols/btf/btf-types.ts';
import { kernelProbeScope, listScopeVariables } from '../../src/symbols/btf/kernel-fetch-arg.ts';
import { compileFetchArgs } from '../../src/symbols/c-types/fetch-arg.ts';
import { describePrototype } from '../../src/symbols/c-types/type-text.ts';
import { compileUserFetchArgs, userProbeScope } from '../../src/symbols/dwarf/dwarf-fetch-arg.ts';
import { openDwarf } from '../../src/symbols/dwarf/dwarf-info.ts';
import { findCodeRange } from '../../src/symbols/eh-frame.ts';
import type { ElfFile } from '../../src/symbols/elf.ts';
import { readableName } from '../../src/symbols/mangled-name.ts';
import { listSymbols, symbolCovering } from '../../src/symbols/uprobe-binary.ts';
import { resolveUprobeTarget } from '../../src/symbols/uprobe-target.ts';
import { compileUsdtProbe } from '../../src/symbols/usdt-fetch-arg.ts';
import { listUsdtProbes } from '../../src/symbols/usdt-notes.ts';

const offered = new Set([...parseFetchArgSupport('').types, 'ustring', 'symbol', 'array']);
const form = { machine: 'x86-64', form: 'register' } as const;

/** Refusals are answers, too. */
function quietly(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof FtuiError)) throw error;
  }
}

/** The number of functions found. */
export function readKernelTypes(bytes: Uint8Array): number {
  const types = parseBtf(bytes);
  let count = 0;
  for (const prototype of types.functions()) {
    count += 1;
    describePrototype(types, prototype);
    listScopeVariables(kernelProbeScope({ types, prototype, isReturn: false, offered, ...form }));
    const path = 'req->file->f_path.dentry->d_name.name:string';
    for (const word of [path, 'req->parts[1].d_flags', 'req->wide', '$params']) {
      quietly(() =>
        compileFetchArgs([word], kernelProbeScope({ types, prototype, isReturn: false, offered, ...form })),
      );
    }
    quietly(() =>
      compileFetchArgs(['$retval'], kernelProbeScope({ types, prototype, isReturn: true, offered, ...form })),
    );
  }
  for (let id = 0; id < types.endId; id += 1) types.enumerators(id);
  quietly(() => types.findFunction('handle'));
  return count;
}

/** Symbols, and the places that a SPEC means. */
export function readProgram(elf: ElfFile): void {
  for (const { name, address } of listSymbols({ elf })) {
    readableName(name);
    symbolCovering({ elf }, address + 1);
  }
  const specs = [
    'handle',
    'handle%return',
    'handle+4',
    'total',
    'h*',
    '0x400',
    '@0x400',
    'absent',
    'twice:1',
    'probed.c:40',
  ];
  for (const spec of specs) quietly(() => resolveUprobeTarget({ elf }, spec, { source: sourceKnowledge }));
  findCodeRange(elf, 0x400);
  quietly(() => elf.buildId);
  quietly(() => elf.debugLink);
  quietly(() => elf.interpreter);
}

/** What it said of damage. */
export function readDebugInformation(elf: ElfFile): readonly string[] {
  const dwarf = openDwarf({ elf });
  if (dwarf === undefined) return [];
  for (const name of ['handle', 'twice', 'total', 'on_stack']) {
    for (const found of dwarf.findFunctions(name)) {
      describePrototype(dwarf.types, found.prototype);
      dwarf.findLineInFunction(found, 2);
      for (const code of [...found.code, ...found.inlined].slice(0, 4)) {
        const end = 'name' in code ? dwarf.findPrologueEnd(code) : undefined;
        for (const address of [code.address, end ?? code.address + 4]) {
          dwarf.functionsAt(address);
          const place = { dwarf, code, address, isReturn: false, offered };
          listScopeVariables(userProbeScope(place));
          for (const word of ['request->points[2].y', 'counter', 'request->inner.name', 'this->id', '$params']) {
            quietly(() => compileUserFetchArgs([word], place));
          }
        }
      }
    }
  }
  dwarf.functionsAt(0x400);
  dwarf.findLine('probed.c', 41);
  dwarf.types.findDefinition('struct', 'request');
  return dwarf.problems;
}

/** What it said of damage. */
export function readNotes(elf: ElfFile): readonly string[] {
  const { probes, problems } = listUsdtProbes(elf);
  for (const probe of probes) {
    quietly(() => compileUsdtProbe(probe));
    quietly(() => compileUsdtProbe(probe, ['arg0:string']));
  }
  return problems;
}
