/** docs/perf-probe.md: every command in it parses, and what it probes or lists is there on a simulated kernel. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCommandLine } from '../../src/cli/command-line.ts';
import { loadCommands } from '../../src/cli/command-list.ts';
import { listFunctions, listProbes, listProgramLines, listProgramSymbols } from '../../src/cli/list-rows.ts';
import { listProbeWords, type ProbeArguments } from '../../src/cli/probe-options.ts';
import { ownMachine } from '../../src/symbols/files.ts';
import { openDefiner, type ProbeCommand } from '../control/define-probe.ts';
import { fixturePath } from '../symbols/fixture-files.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/perf-probe.md'), 'utf8');
const rows = text.split('\n').filter((line) => line.startsWith('| `'));
const commands = [...new Set([...text.matchAll(/`ftui ([^`]+)`/g)].map(([, words]) => words!))];

/** Words as a shell gives them; the examples quote with single quotes only. */
function splitWords(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

interface Parsed {
  readonly name: string;
  readonly args: ProbeArguments & Record<string, unknown>;
}

/** Throws UsageError for an option or a word that the command does not take. */
async function parse(words: readonly string[]): Promise<Parsed> {
  let parsed: Parsed | undefined;
  await buildCommandLine(words, await loadCommands(words[0]), ({ command }, args) => {
    parsed = { name: String(command).split(' ')[0]!, args: args as never };
  }).parseAsync();
  return parsed!;
}

/** The programs of the examples, as fixtures. */
const asFixture = (word: string): string => {
  if (word === './prog') return fixturePath('probed-o0-dwarf5.so');
  if (word === './server') return fixturePath('usdt.so');
  return word.replace(/^main\.c:/, 'probed.c:');
};

/** Lists or defines what the command asks for. */
async function tryOut({ name, args }: Parsed): Promise<void> {
  const { define, writes, tracefs } = openDefiner();
  const binary = asFixture(String(args.binary));
  if (['kprobe', 'uprobe', 'usdt'].includes(name)) {
    for (const { spec, args: words } of listProbeWords(args, '')) {
      const force = args.force === true;
      const place = name === 'kprobe' ? [spec] : [binary, asFixture(spec)];
      define(name as ProbeCommand, [...place, ...words], { force });
    }
    expect(writes.length).toBeGreaterThan(0);
  } else if (name === 'vars') {
    const words = [args.target, args.function].filter((word) => word !== undefined);
    define(
      'vars',
      words.map((word) => asFixture(String(word))),
    );
  } else if (name === 'list') {
    const [first, second] = (args.words as string[] | undefined) ?? [];
    const request = { tracefs, verbose: args.verbose === true };
    if (args.what === 'functions') expect(await listFunctions({ ...request, glob: first })).not.toEqual([]);
    else if (args.what === 'lines') expect(await listProgramLines(asFixture(first!), second!)).not.toEqual([]);
    else if (args.what === 'symbols') {
      const file = second?.includes('::') ? fixturePath('probed-cpp.so') : asFixture(first!);
      const glob = second?.replace('ns::', 'shop::');
      expect(await listProgramSymbols(file, { verbose: false, glob })).not.toEqual([]);
    } else {
      expect(args.what).toBe('probes');
      tracefs.top.write('kprobe_events', 'p:ftui_7/opened vfs_open\n', 'append');
      expect(listProbes({ ...request, glob: first })).not.toEqual([]);
    }
  } else expect(['record', 'reset', 'report']).toContain(name);
}

/** Options of perf-probe(1) of Linux 6.12. */
const options = [
  ...['-k', '--vmlinux', '-m', '--module', '-s', '--source', '-v', '--verbose', '-q', '--quiet', '-a', '--add', '-d'],
  ...['--del', '-l', '--list', '-L', '--line', '-V', '--vars', '--externs', '--no-inlines', '-F', '--funcs', '-D'],
  ...['--definition', '--filter', '-f', '--force', '-n', '--dry-run', '-C', '--cache', '--max-probes', '--target-ns'],
  ...['-x', '--exec', '--demangle', '--no-demangle', '--range', '--bootconfig'],
];

describe('the table against perf probe', () => {
  it.each(options)('has %s', (option) => {
    const pattern = new RegExp(`^\\| [^|]*\`[^\`|]*${option}(?![\\w-])`);
    expect(rows.some((row) => pattern.test(row))).toBe(true);
  });

  it('gives a command or a reason in every row', () => {
    for (const row of rows) {
      const [, , command, remark] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      expect(command!.includes('`ftui ') || (command === '-' && remark !== '')).toBe(true);
    }
  });

  it('names many commands', () => expect(commands.length).toBeGreaterThan(25));

  it.runIf(ownMachine() === 'x86-64').each(commands)('`ftui %s` does what it says', async (command) => {
    await tryOut(await parse(splitWords(command)));
  });

  it('would notice an option that is not there', async () => {
    await expect(parse(['kprobe', 'vfs_open', '--frobnicate'])).rejects.toThrow(/frobnicate/);
  });
});
