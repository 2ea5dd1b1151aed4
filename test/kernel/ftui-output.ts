/** What ftui printed, as data: the objects of `--json`, and what must hold for any output (docs/json-output.md). */
import assert from 'node:assert/strict';

export interface JsonNode {
  readonly function: string;
  readonly time: number;
  readonly duration: number | null;
  readonly cut?: string;
  readonly children?: readonly JsonNode[];
}

export interface JsonTree {
  readonly type: 'tree';
  readonly pid: number;
  readonly comm: string;
  readonly calls: number;
  readonly incomplete?: boolean;
  readonly root: JsonNode;
}

export interface JsonEvent {
  readonly type: 'event';
  readonly time: number;
  readonly cpu: number;
  readonly pid: number;
  readonly comm: string;
  readonly system: string;
  readonly event: string;
  readonly probe?: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface JsonGap {
  readonly type: 'lost' | 'damaged';
  readonly count?: number | null;
}

export interface JsonSummary {
  readonly type: 'summary';
  readonly ended: string;
  readonly trees?: number;
  readonly calls?: number;
  readonly shown: number;
  readonly leftOut?: number;
  readonly filter?: { readonly kernel: readonly string[]; readonly ftui: readonly string[] };
  readonly records: number;
  readonly lost: number;
  readonly command?: { readonly code: number | null; readonly signal: string | null };
  readonly notices: readonly string[];
}

export interface JsonOutput {
  readonly trees: readonly JsonTree[];
  readonly events: readonly JsonEvent[];
  readonly gaps: readonly JsonGap[];
  readonly summary: JsonSummary;
}

/** The objects of a `--json` session by type; fails where a line is no object or the summary is not the last line. */
export function readJsonOutput(stdout: string): JsonOutput {
  const trees: JsonTree[] = [];
  const events: JsonEvent[] = [];
  const gaps: JsonGap[] = [];
  const summaries: JsonSummary[] = [];
  for (const line of stdout.split('\n').slice(0, -1)) {
    const item: JsonTree | JsonEvent | JsonGap | JsonSummary = parseLine(line);
    assert.equal(summaries.length, 0, 'a line behind the summary');
    if (item.type === 'tree') trees.push(item);
    else if (item.type === 'event') events.push(item);
    else if (item.type === 'summary') summaries.push(item);
    else gaps.push(item);
  }
  const [summary] = summaries;
  assert.ok(summary !== undefined, `no summary in ${JSON.stringify(stdout.slice(-500))}`);
  return { trees, events, gaps, summary };
}

function parseLine(line: string) {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`no JSON: ${JSON.stringify(line.slice(0, 500))}: ${(error as Error).message}`);
  }
}

/**
 * Paths of the calls that have no end. Times cannot be compared further: an interrupt between the kernel's last look at
 * the clock and the record of the exit lies within a call that seems shorter than the interrupt.
 */
export function findUnbalanced({ root, incomplete }: JsonTree): string[] {
  const found: string[] = incomplete === true ? [`${root.function} is marked incomplete`] : [];
  const look = ({ cut, duration, children = [] }: JsonNode, path: string) => {
    if (cut !== undefined || duration === null) found.push(`${path} (${duration} ns, cut: ${cut})`);
    for (const child of children) look(child, `${path} > ${child.function}`);
  };
  look(root, root.function);
  return found;
}

/** All values of one field, in order. */
export function fieldValues({ events }: JsonOutput, name: string): unknown[] {
  return events.map(({ fields }) => fields[name]);
}

/** Fails where a byte that a terminal could take as a command (or one that is not UTF-8) is in the text. */
export function expectNoControlBytes(text: string): void {
  const found = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffd]/.exec(text);
  const where = found === null ? '' : JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 60));
  assert.equal(found, null, `a control byte is printed: ${where}`);
}

/** What ftui makes of bytes: UTF-8, each byte that is none as U+DC00 + the byte. */
export function lossless(...parts: readonly (string | number)[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : String.fromCharCode(0xdc00 + part))).join('');
}
