/** `-o FILE` of the live commands: what it refuses, and what it writes on the simulated kernel. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runDemo } from '../../src/cli/commands/demo.ts';
import type { GraphArguments } from '../../src/cli/commands/graph.ts';
import { openRecording } from '../../src/recording/open-recording.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-live-'));
const base: GraphArguments = {
  args: false,
  retval: false,
  maxRate: 1e9,
  json: false,
  plain: false,
  ui: false,
  ascii: false,
  textPipe: false,
  force: false,
  dryRun: false,
  quiet: false,
  verbose: false,
  kallsyms: false,
};

describe('a live command with -o', () => {
  const said: string[] = [];
  const printed: string[] = [];
  beforeEach(() => {
    said.length = 0;
    printed.length = 0;
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('prints nothing but the summary, and makes a recording', async () => {
    const output = path.join(folder, 'a.dat');
    expect(await runDemo({ ...base, output })).toBe(0);
    expect(printed).toEqual([]);
    const [, records] = /recorded (\d+) events in [\d.]+ s to \S+: [\d.]+ MB, 0 lost/.exec(said.join('')) ?? [];
    const source = openRecording(output);
    expect([...source.events()]).toHaveLength(Number(records));
    source.close();
  });

  it('prints the summary as an object with --json', async () => {
    const output = path.join(folder, 'b.dat');
    await runDemo({ ...base, output, json: true, quiet: true });
    expect(JSON.parse(printed.join(''))).toMatchObject({ type: 'recording', file: output, lost: 0 });
    expect(said).toEqual([]);
  });

  it('prints the writes with --dry-run, and makes no file', async () => {
    const output = path.join(folder, 'c.dat');
    expect(await runDemo({ ...base, output, dryRun: true })).toBe(0);
    expect(printed.join('')).toContain('echo function_graph > current_tracer');
    expect(fs.existsSync(output)).toBe(false);
  });

  it.each([
    [{ maxEvents: 5 }, 'using --max-events with -o: '],
    [{ textPipe: true }, 'using --text-pipe with -o: '],
    [{ threshold: 5 }, 'using --threshold with -o: '],
  ])('refuses %j', async (more, message) =>
    expect(runDemo({ ...base, output: path.join(folder, 'd.dat'), ...more })).rejects.toThrow(message),
  );
});
