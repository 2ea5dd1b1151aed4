/**
 * Static probes as uprobe definitions: the operands of every site as fetch args, typed by size and sign. Sites share one
 * event only when their arguments have the same types, as the kernel demands.
 */

import { followPointer, type Place, valueAt } from './c-types/fetch-place.ts';
import type { ShownAs } from './c-types/fetch-type.ts';
import { type FetchWord, FetchWordError, parseFetchWord } from './c-types/fetch-word.ts';
import type { UsdtProbe, UsdtSite } from './usdt-notes.ts';
import type { UsdtOperand } from './usdt-operand.ts';
import { findKnownUsdtArguments } from './usdt-providers.ts';

interface UsdtField {
  readonly name: string;
  /** `name=VALUE:TYPE`; undefined when the operand cannot be read at this site. */
  readonly text: string | undefined;
  readonly type: string;
  readonly shownAs: ShownAs;
  /** Why it cannot be read, and what could be recorded instead. */
  readonly problem: string | undefined;
}

interface UsdtEventSite {
  readonly site: UsdtSite;
  /** What uprobe_events takes behind PATH: `0x42a` or `0x42a(0x1012)`. */
  readonly offsetText: string;
  readonly fields: readonly UsdtField[];
  /** Of the fields that can be read. */
  readonly fetchArgs: readonly string[];
}

/** Sites that fit into one event. */
export interface UsdtEvent {
  readonly sites: readonly UsdtEventSite[];
}

/**
 * All sites of `probe`, in as few events as the kernel allows. `words` picks arguments: `arg0`, `arg1:string`,
 * `file=arg0:string`, or a name of the table of known providers; none means all. Throws FetchWordError.
 */
export function compileUsdtProbe(probe: UsdtProbe, words: readonly string[] = []): UsdtEvent[] {
  const events = new Map<string, UsdtEventSite[]>();
  const readable = new Set<string>();
  const sites = probe.sites.map((site) => compileSite(probe, site, words));
  for (const { fields } of sites) for (const { name, text } of fields) if (text !== undefined) readable.add(name);
  for (const site of sites) {
    const compiled = fillGaps(site, readable);
    const key = compiled.fields
      .flatMap(({ name, type, text }) => (text === undefined ? [] : `${name}:${type}`))
      .join(' ');
    const together = events.get(key) ?? [];
    events.set(key, together);
    together.push(compiled);
  }
  return [...events.values()].map((together) => ({ sites: together }));
}

/** A number that only other sites can read is recorded as 0 here, so that all sites still fit into one event. */
function fillGaps(site: UsdtEventSite, readable: ReadonlySet<string>): UsdtEventSite {
  const fields = site.fields.map((field) => {
    if (field.text !== undefined || !readable.has(field.name) || field.shownAs === 'string') return field;
    return {
      ...field,
      text: `${field.name}=\\0:${field.type}`,
      problem: `${field.problem}; 0 is recorded at this site`,
    };
  });
  return { ...site, fields, fetchArgs: fields.flatMap(({ text }) => text ?? []) };
}

function compileSite(probe: UsdtProbe, site: UsdtSite, words: readonly string[]): UsdtEventSite {
  const named = findKnownUsdtArguments(probe.provider, probe.name);
  const fields =
    words.length === 0
      ? site.operands.map((operand, index) => {
          const meaning = named?.[index];
          return compileField(
            operand,
            meaning?.name ?? `arg${index}`,
            meaning?.isString === true ? 'string' : undefined,
          );
        })
      : words.map((word) => compileWord(probe, site, word));
  const semaphore = site.semaphoreOffset === undefined ? '' : `(0x${site.semaphoreOffset.toString(16)})`;
  const offsetText = `0x${site.fileOffset.toString(16)}${semaphore}`;
  return { site, offsetText, fields, fetchArgs: fields.flatMap(({ text }) => text ?? []) };
}

function compileWord(probe: UsdtProbe, site: UsdtSite, text: string): UsdtField {
  const word = parseFetchWord(text);
  const [part] = word.parts;
  if (part !== undefined) {
    const why = 'notes tell no types, so an argument has no members';
    throw new FetchWordError(text, part.position, why, 'write the argument alone, with :string or a number type');
  }
  const index = indexOf(probe, site, word);
  const operand = site.operands[index];
  if (operand === undefined) {
    const count = site.operands.length;
    const remedy = count === 0 ? 'leave the arguments out' : `they are arg0 to arg${count - 1}`;
    throw new FetchWordError(text, word.rootPosition, `${probe.provider}:${probe.name} has ${count} arguments`, remedy);
  }
  const meaning = findKnownUsdtArguments(probe.provider, probe.name)?.[index];
  const { type } = word;
  const asked = type === undefined ? undefined : type.text + (type.count === undefined ? '' : `[${type.count}]`);
  return compileField(operand, word.name ?? word.root, asked ?? (meaning?.isString === true ? 'string' : undefined));
}

function indexOf(probe: UsdtProbe, site: UsdtSite, { text, root, rootPosition }: FetchWord): number {
  const number = /^arg(\d{1,3})$/.exec(root)?.[1];
  if (number !== undefined) return Number(number);
  const names = (findKnownUsdtArguments(probe.provider, probe.name) ?? []).map(({ name }) => name);
  const index = names.indexOf(root);
  if (index >= 0) return index;
  const all = [...names, ...site.operands.map((_, at) => `arg${at}`)];
  const remedy = all.length > 0 ? `it has ${all.slice(0, 12).join(', ')}` : 'leave the arguments out';
  throw new FetchWordError(text, rootPosition, `${probe.provider}:${probe.name} has no argument '${root}'`, remedy);
}

function compileField(operand: UsdtOperand, name: string, asked: string | undefined): UsdtField {
  const isString = asked === 'string' || asked === 'ustring';
  const isList = asked?.includes('[') === true;
  const place: Place = isString || isList ? followPointer(operand.place, false) : operand.place;
  const value = valueAt(place);
  const bits = operand.size * 8;
  const type = isString ? 'string' : (asked ?? `${operand.isFloat ? 'x' : operand.isSigned ? 's' : 'u'}${bits}`);
  const shownAs = isString ? 'string' : shownNumber(operand, asked);
  if ('why' in value) {
    const parts = operand.parts.map((part, index) => `${name}_${index === 0 ? 'base' : 'index'}=${part}:x64`);
    const instead = parts.length > 0 ? `; what its address is made of: ${parts.join(' ')}` : '';
    const problem = `${name} (${operand.text}) cannot be read: ${value.why}${instead}`;
    return { name, text: undefined, type, shownAs, problem };
  }
  const placed = value.bit === 0 ? type : `b${Math.min(bits, 64 - value.bit)}@${value.bit}/64`;
  return { name, text: `${name}=${value.text}:${placed}`, type: placed, shownAs, problem: undefined };
}

function shownNumber({ isFloat, isSigned }: UsdtOperand, asked: string | undefined): ShownAs {
  if (asked?.startsWith('x') === true) return 'hexadecimal';
  if (asked === undefined && isFloat) return 'float';
  return (asked === undefined ? isSigned : asked.startsWith('s')) ? 'signed' : 'unsigned';
}
