/** The variables at a place in a program, and fetch args for uprobes from their names. */

import { placeArguments, placeReturn } from '../c-types/argument-places.ts';
import { type CompiledFetchArg, compileFetchArgs, type ProbeScope, type ProbeVariable } from '../c-types/fetch-arg.ts';
import type { Place } from '../c-types/fetch-place.ts';
import { isKernelFetchArg, parseFetchWord } from '../c-types/fetch-word.ts';
import type { FrameAddress } from './call-frame.ts';
import { attribute, tag } from './dwarf-constants.ts';
import type { FunctionCode, InlinedCopy } from './dwarf-functions.ts';
import type { DwarfInfo } from './dwarf-info.ts';
import { contains, rangesOf } from './dwarf-ranges.ts';
import type { DwarfEntry } from './dwarf-units.ts';
import { evaluateLocation, type LocationContext } from './location.ts';
import { hasLocationList, locationAt } from './location-lists.ts';

export interface UserProbePlace {
  readonly dwarf: DwarfInfo;
  readonly code: FunctionCode | InlinedCopy;
  /** Virtual address in the file. */
  readonly address: number;
  readonly isReturn: boolean;
  /** Type names that the kernel takes: `parseFetchArgSupport(...).types`. */
  readonly offered: ReadonlySet<string>;
  /**
   * The kernel adds OFFSET of `@+OFFSET` twice, as 5.10.0-32 and 6.1.0-50 of Debian do and 6.12.107 and 7.2 do not. The fix
   * is in stable releases, so only trying tells: `@+1:u8` of any ELF file is 0x45 where it is right, 0x4c where not.
   */
  readonly doublesFileOffsets?: boolean;
}

const mostVariables = 2000;
/** Entries of blocks looked at for one place. */
const mostLookedAt = 50_000;
const deepestBlock = 32;

/** What a place in a program offers to fetch args: arguments first, then the variables of the blocks around it. */
export function userProbeScope(place: UserProbePlace): ProbeScope {
  const { dwarf, code, isReturn, offered } = place;
  const prototype = dwarf.functions.prototypeOf(code.entry);
  const finder = new VariableFinder(place);
  const variables = [...finder.parameters(), ...finder.locals(code.entry, 0)];
  const functionName = dwarf.functions.nameOf(code.entry);
  const { returns } = prototype;
  const { types } = dwarf;
  const returnPlace = placeReturn(types, returns, dwarf.elf.layout.machine);
  return { types, functionName, isReturn, isKernel: false, returns, returnPlace, variables, offered };
}

/**
 * Compiles argument words for a uprobe; names that are no variables of the function may be global ones. Throws
 * FetchWordError with the position of the mistake and the remedy.
 */
export function compileUserFetchArgs(words: readonly string[], place: UserProbePlace): (CompiledFetchArg | string)[] {
  const scope = userProbeScope(place);
  const known = new Set(scope.variables.map(({ name }) => name));
  const roots = words.filter((word) => !isKernelFetchArg(word) && !/^\$(?:params|arg\*)$/.test(word));
  const missing = roots.map((word) => parseFetchWord(word).root).filter((it) => !it.startsWith('$') && !known.has(it));
  const finder = new VariableFinder(place);
  const globals = [...new Set(missing)].flatMap((name) => finder.global(name) ?? []);
  return compileFetchArgs(words, { ...scope, variables: [...scope.variables, ...globals] });
}

class VariableFinder {
  readonly #place: UserProbePlace;
  readonly #context: LocationContext;
  #variablesLeft = mostVariables;
  #entriesLeft = mostLookedAt;
  #changed: boolean | undefined;

  constructor(place: UserProbePlace) {
    const { dwarf, code, address } = place;
    const { elf, units } = dwarf;
    const { unit } = code.entry;
    let frame: { readonly at: FrameAddress | undefined } | undefined;
    this.#place = place;
    this.#context = {
      machine: elf.layout.machine,
      littleEndian: units.littleEndian,
      addressSize: unit.addressSize,
      offsetSize: unit.offsetSize,
      frameBase: units.block(this.#functionAround(), attribute.frameBase),
      frameAddress: () => {
        frame ??= { at: dwarf.frameAddressAt(address) };
        return frame.at;
      },
      isAtEntry: this.#isAtEntry(),
      fileOffset: (target) => fileOffsetOf(dwarf, address, target),
      doublesFileOffsets: place.doublesFileOffsets ?? false,
      indexedAddress: (index) => units.indexedAddress(unit, index),
    };
  }

  /** An inlined copy uses the frame of the function that it is in. */
  #functionAround(): DwarfEntry {
    const { dwarf, code, address } = this.#place;
    if (code.entry.tag === tag.subprogram) return code.entry;
    return dwarf.functionAt(address)?.entry ?? code.entry;
  }

  #isAtEntry(): boolean {
    const { code, address } = this.#place;
    return code.entry.tag === tag.subprogram && address === code.address;
  }

  /** In the order of the prototype, with those that this copy of the code has lost. */
  parameters(): ProbeVariable[] {
    const { dwarf, code } = this.#place;
    const { parameters, returns } = dwarf.functions.prototypeOf(code.entry);
    const form = { machine: this.#context.machine, form: 'register' } as const;
    const conventional = placeArguments(dwarf.types, parameters, returns, form);
    const own = new Map<number, DwarfEntry>();
    const inOrder: DwarfEntry[] = [];
    for (const child of dwarf.units.children(code.entry)) {
      if (child.tag !== tag.formalParameter) continue;
      inOrder.push(child);
      own.set(dwarf.units.reference(child, attribute.abstractOrigin) ?? child.offset, child);
    }
    const owner = dwarf.functions.parametersOwner(code.entry);
    const declared = [...dwarf.units.children(owner, 2000)].filter((it) => it.tag === tag.formalParameter);
    return parameters.map((parameter, index) => {
      const entry = own.get(declared[index]?.offset ?? -1) ?? (owner === code.entry ? inOrder[index] : undefined);
      const place = this.#argumentPlace(entry, conventional[index]!);
      return { ...parameter, place, isUser: false, isArgument: true };
    });
  }

  /**
   * At the entry the calling convention tells more than the debug information, which of unoptimised code means the time
   * behind the prologue. Not where the compiler changed the arguments (`f.isra.0`).
   */
  #argumentPlace(entry: DwarfEntry | undefined, conventional: Place): Place {
    if (entry === undefined) return { kind: 'nowhere', why: 'it was optimised away in this copy of the function' };
    const described = this.#variablePlace(entry);
    if (!this.#context.isAtEntry) return described;
    const isExact = hasLocationList(entry) || entry.values.has(attribute.constValue);
    if (isExact && described.kind !== 'nowhere') return described;
    // Go has a convention of its own.
    if (this.#place.dwarf.elf.isGo) return described;
    return this.#isChangedCopy() ? described : conventional;
  }

  #isChangedCopy(): boolean {
    const { dwarf, code } = this.#place;
    this.#changed ??= dwarf.symbolsAt(code.address).some((name) => /\.(?:isra|constprop|part)\b/.test(name));
    return this.#changed;
  }

  /** Variables of the blocks that hold the address; inner ones hide outer ones of the same name. */
  locals(parent: DwarfEntry, depth: number): ProbeVariable[] {
    const { dwarf, address } = this.#place;
    const own: ProbeVariable[] = [];
    const inner: ProbeVariable[] = [];
    for (const child of dwarf.units.children(parent)) {
      this.#entriesLeft -= 1;
      if (this.#entriesLeft < 0) break;
      if (child.tag === tag.variable && this.#variablesLeft > 0) {
        this.#variablesLeft -= 1;
        own.push(this.#variable(child));
      }
      const isBlock = child.tag === tag.lexicalBlock && depth < deepestBlock;
      if (isBlock && contains(rangesOf(dwarf.units, child), address)) inner.push(...this.locals(child, depth + 1));
    }
    return [...inner, ...own].filter(({ name }) => name !== '');
  }

  #variable(entry: DwarfEntry): ProbeVariable {
    const { name, type } = this.#place.dwarf.functions.describeVariable(entry);
    return { name, type, place: this.#variablePlace(entry), isUser: false, isArgument: false };
  }

  #variablePlace(entry: DwarfEntry): Place {
    const { units } = this.#place.dwarf;
    const constant = units.constant(entry, attribute.constValue);
    if (constant !== undefined && Number.isSafeInteger(constant)) {
      return { kind: 'registers', texts: [`\\${constant}`], bit: 0, wordBits: 64 };
    }
    const found = locationAt(units, entry, this.#place.address);
    return found.kind === 'none'
      ? { kind: 'nowhere', why: found.why }
      : evaluateLocation(found.expression, this.#context);
  }

  /** The global variable `name`, when the file holds it. */
  global(name: string): ProbeVariable | undefined {
    const found = this.#place.dwarf.findGlobals(name).map((entry) => this.#variable(entry));
    return found.find(({ place }) => place.kind === 'file');
  }
}

/** `@+OFFSET` counts from where the kernel thinks the file begins in memory: by the segment that the probe is in. */
function fileOffsetOf({ elf }: DwarfInfo, probe: number, target: number): number | undefined {
  const segment = elf.segmentOfAddress(probe);
  const isLoaded = elf.layout.segments.some(
    ({ type, address, memorySize }) => type === 1 && target >= address && target < address + memorySize,
  );
  if (segment === undefined || !isLoaded) return undefined;
  const offset = target - segment.address + segment.fileOffset;
  return offset >= 0 ? offset : undefined;
}
