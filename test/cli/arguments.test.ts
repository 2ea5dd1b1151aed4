/** Words of the command line as values. */
import { describe, expect, it } from 'vitest';
import { parsePids } from '../../src/base/pid-list.ts';
import { parseSizeKb } from '../../src/base/quantities.ts';
import { protectFetchArgs, splitProbeWords, unprotect } from '../../src/cli/arguments.ts';
import { buildCommandLine } from '../../src/cli/command-line.ts';
import type { Command } from '../../src/cli/command-list.ts';
import * as kprobe from '../../src/cli/commands/kprobe.ts';
import * as uprobe from '../../src/cli/commands/uprobe.ts';
import { listProbeWords, type ProbeArguments } from '../../src/cli/probe-options.ts';

describe('parsePids', () => {
  it('takes lists and repetitions, each pid once', () => {
    expect(parsePids(['1,2', '3', '2'])).toEqual([1, 2, 3]);
    expect(parsePids([])).toEqual([]);
  });

  it.each(['', '0', '-1', '1,', '1, 2', 'bash', '1.5', '99999999999'])("refuses '%s'", (text) => {
    expect(() => parsePids([text])).toThrow(/^reading the pid '.*': it is no number$/);
  });
});

describe('parseSizeKb', () => {
  it.each([
    ['4096', 4096],
    ['64k', 64],
    ['4M', 4096],
    ['1G', 1_048_576],
    ['1g', 1_048_576],
  ])('%s is %i KiB', (text, size) => expect(parseSizeKb(text)).toBe(size));

  it.each(['', 'M', '4T', '-1', '1.5M', '4 M', '4MB'])("'%s' is none", (text) => {
    expect(() => parseSizeKb(text)).toThrow(`reading the size '${text}': it is none`);
  });
});

describe('splitProbeWords', () => {
  it('splits at any white space', () => {
    expect(splitProbeWords('  vfs_open  a=%di\tb=+0(%si):string ')).toEqual(['vfs_open', 'a=%di', 'b=+0(%si):string']);
  });
});

describe('fetch args that look like options', () => {
  it.each(['-8(%bp)', '-8(%bp):u64', '-0x10(%sp):x8', '-u8(%di):string', '-8(-16(%bp))'])('%s is protected', (word) => {
    const [, protectedWord] = protectFetchArgs(['f', word]);
    expect(protectedWord).not.toMatch(/^-/);
    expect(unprotect(protectedWord!)).toBe(word);
  });

  it.each(['-8', '-n', '-d5', '--depth', '+0(%si)', 'a=-8(%bp)', '-p(1)'])('%s is left alone', (word) => {
    expect(protectFetchArgs([word])).toEqual([word]);
    expect(unprotect(word)).toBe(word);
  });

  it('are left alone behind --, where they belong to the traced command', () => {
    const words = ['kprobe', 'f', '-8(%bp)', '--', 'echo', '-8(%bp)'];
    expect(protectFetchArgs(words).slice(3)).toEqual(['--', 'echo', '-8(%bp)']);
    expect(protectFetchArgs(words)[2]).not.toBe('-8(%bp)');
  });

  /** What a command's handler is given; the handler itself is replaced. */
  async function parseAs(command: object, words: readonly string[]): Promise<ProbeArguments & { binary?: string }> {
    let seen: unknown;
    const handler = (args: unknown) => {
      seen = args;
    };
    await buildCommandLine(words, [{ ...command, handler } as Command]).parseAsync();
    return seen as ProbeArguments;
  }

  it('reach kprobe as they were typed, with the options around them', async () => {
    const args = await parseAs(kprobe, ['kprobe', 'f+4', '-8(%bp):u64', '-n', '3', 'b=%di', '-u8(%si):ustring']);
    expect(args).toMatchObject({ maxEvents: 3 });
    expect(listProbeWords(args, '')).toEqual([{ spec: 'f+4', args: ['-8(%bp):u64', 'b=%di', '-u8(%si):ustring'] }]);
  });

  it('reach uprobe and further probes of -e, before the traced command', async () => {
    const words = ['uprobe', '/bin/sh', 'main', '-8(%bp)', '-e', 'exit -16(%sp):s32', '--', 'sh', '-c', 'exit'];
    const args = await parseAs(uprobe, words);
    expect(args.binary).toBe('/bin/sh');
    expect(args['--']).toEqual(['sh', '-c', 'exit']);
    expect(listProbeWords(args, '')).toEqual([
      { spec: 'main', args: ['-8(%bp)'] },
      { spec: 'exit', args: ['-16(%sp):s32'] },
    ]);
  });

  it('take no other word for one: an unknown option stays one', async () => {
    await expect(parseAs(kprobe, ['kprobe', 'f', '-z(%bp)'])).rejects.toThrow('Unknown argument');
  });
});

describe('listProbeWords', () => {
  const bare = { stack: false } as ProbeArguments;

  it('refuses none at all, with an example', () => {
    expect(() => listProbeWords(bare, 'ftui kprobe vfs_open')).toThrow('probing: no function is given');
  });

  it('takes -e alone', () => {
    expect(listProbeWords({ ...bare, probe: ['a', 'b %di'] }, '')).toEqual([
      { spec: 'a', args: [] },
      { spec: 'b', args: ['%di'] },
    ]);
  });
});
