/**
 * The captured trees of tracefs-fixtures/ (format: tracefs-fixtures/README.md): bundles of files, each entry a line
 * `@ MODE LENGTH PATH` followed by LENGTH bytes and a newline. A file without text (write-only, blocking or binary)
 * has LENGTH `-`, one the kernel refuses to open has `EPERM`; no bytes follow.
 */

import { decodeKernelText } from '../base/text.ts';

/** A folder of bundles, given by whoever may read files (tests, cli). */
export interface FixtureFiles {
  list(): string[];
  read(name: string): Uint8Array;
}

export interface FixtureFile {
  /** Permission bits, e.g. 0o640. */
  readonly mode: number;
  /** Undefined when the file has no text of its own: write-only, blocking or binary. */
  readonly text: string | undefined;
  /** Opening it fails with EPERM: it is listed, but this kernel does not give it. */
  readonly refused: boolean;
}

/** What was captured: absolute path to file. An instance's files are below /sys/kernel/tracing/instances/fixture. */
export type FixtureTree = ReadonlyMap<string, FixtureFile>;

/** Reads every bundle (`*.txt`) of a fixture folder into one tree; a damaged bundle throws a plain Error naming it. */
export function loadFixture(files: FixtureFiles): FixtureTree {
  const tree = new Map<string, FixtureFile>();
  for (const name of files.list().sort()) {
    if (name.endsWith('.txt')) parseFixtureBundle(files.read(name), name, tree);
  }
  return tree;
}

/** Adds the files of one bundle to `tree`. */
export function parseFixtureBundle(bytes: Uint8Array, name: string, tree: Map<string, FixtureFile>): void {
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(0x0a, at);
    const line = decodeKernelText(bytes.subarray(at, lineEnd < 0 ? bytes.length : lineEnd));
    const head = /^@ ([0-7]+) (\d+|-|EPERM) (\/.*)$/.exec(line);
    if (head === null) throw new Error(`fixture ${name}: no entry at byte ${at}: '${line.slice(0, 60)}'`);
    const length = /^\d/.test(head[2]!) ? Number(head[2]) : undefined;
    const start = lineEnd + 1;
    const text = length === undefined ? undefined : decodeKernelText(bytes.subarray(start, start + length));
    tree.set(head[3]!, { mode: Number.parseInt(head[1]!, 8), text, refused: head[2] === 'EPERM' });
    at = length === undefined ? start : start + length + 1;
  }
}
