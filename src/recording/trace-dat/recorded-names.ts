/** The tables of names in a recording: tasks by pid (saved_cmdlines), printk formats by address. */
import { decodeKernelText } from '../../base/text.ts';

export interface TaskName {
  readonly pid: number;
  readonly comm: string;
}

/** Names of tasks by pid. Lines are `PID COMM`; a name may hold spaces. */
export function parseTaskNames(bytes: Uint8Array): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of linesOf(bytes)) {
    const parts = /^\s*(-?\d{1,10})\s+([^\0]+)/.exec(line);
    if (parts !== null) names.set(Number(parts[1]), decodeBytes(parts[2]!));
  }
  return names;
}

/** The names that trace-cmd takes from the same table: it goes no further than to a line without a pid or a name. */
export function parseTaskNamesLikeTraceCmd(bytes: Uint8Array): TaskName[] {
  const names: TaskName[] = [];
  const nul = bytes.indexOf(0);
  for (const line of linesOf(nul < 0 ? bytes : bytes.subarray(0, nul))) {
    if (line === '') continue;
    const parts = /^[ \t\v\f\r]*([+-]?\d{1,10})(?!\d)[ \t\v\f\r]*([^ \t\v\f\r].*)$/s.exec(line);
    if (parts === null) break;
    names.push({ pid: Number(parts[1]), comm: decodeBytes(parts[2]!) });
  }
  return names;
}

/** Thread groups by pid. Lines are `PID TGID`. */
export function parseThreadGroups(bytes: Uint8Array): Map<number, number> {
  const groups = new Map<number, number>();
  for (const line of linesOf(bytes)) {
    const parts = /^\s*(\d{1,10})\s+(\d{1,10})\s*$/.exec(line);
    if (parts !== null) groups.set(Number(parts[1]), Number(parts[2]));
  }
  return groups;
}

/** Formats of trace_printk by address. Lines are `0xffffffff81c0de00 : "text\n"`. */
export function parsePrintkFormats(bytes: Uint8Array): Map<bigint, string> {
  const formats = new Map<bigint, string>();
  for (const line of linesOf(bytes)) {
    const parts = /^\s*(?:0x)?([0-9a-fA-F]{1,16})\s*: ?(.*)$/.exec(line);
    if (parts !== null) formats.set(BigInt(`0x${parts[1]}`), unquote(decodeBytes(parts[2]!)));
  }
  return formats;
}

/** As one character per byte: of a damaged table only the names that are found in it are decoded. */
function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').split('\n');
}

function decodeBytes(latin1: string): string {
  return decodeKernelText(Buffer.from(latin1, 'latin1'));
}

/** Without the quotes around it, and without a line end as its last character. */
function unquote(text: string): string {
  const inner = text.startsWith('"') ? text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined) : text;
  return inner.endsWith('\\n') ? inner.slice(0, -2) : inner;
}
