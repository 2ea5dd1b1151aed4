/** The options that live commands share, from words to values. */
import { describe, expect, it } from 'vitest';
import yargs from 'yargs';
import { addLiveOptions, type LiveOptions, readLiveOptions } from '../../src/cli/live-options.ts';

function read(...words: string[]): LiveOptions {
  const parser = addLiveOptions(yargs(words))
    .parserConfiguration({ 'populate--': true })
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    });
  return readLiveOptions(parser.parseSync() as never);
}

describe('readLiveOptions', () => {
  it('has a value for everything by default', () => {
    expect(read()).toEqual({
      pids: [],
      cpus: undefined,
      durationMs: undefined,
      maxEvents: Number.POSITIVE_INFINITY,
      maxRate: 2_000_000,
      bufferSizeKb: undefined,
      clock: undefined,
      json: false,
      plain: false,
      ui: false,
      ascii: false,
      textPipe: false,
      force: false,
      dryRun: false,
      quiet: false,
      verbose: false,
      instance: undefined,
      tracefs: undefined,
      user: undefined,
      command: undefined,
      output: undefined,
      recording: { maxBytes: undefined, format: { version: 7, compression: 'none' }, kallsyms: false },
    });
  });

  it('takes every option, long or short', () => {
    const targets = ['-p', '1,2', '--pid', '3', '--cpu', '0-2', '-d', '2s', '-n', '10', '--max-rate', '5'];
    const others = ['--buffer-size', '4M', '--clock', 'boot', '--instance', 'i', '--tracefs', '/t', '--user', 'me'];
    const flags = ['--json', '--plain', '--ui', '--ascii', '--text-pipe', '--force', '--dry-run', '-q', '-v'];
    const file = ['-o', 'f.dat', '--max-size', '2G', '--compression', 'zstd', '--kallsyms'];
    expect(read(...targets, ...others, ...flags, ...file, '--', 'ls', '-l')).toEqual({
      pids: [1, 2, 3],
      cpus: [0, 1, 2],
      durationMs: 2_000,
      maxEvents: 10,
      maxRate: 5,
      bufferSizeKb: 4_096,
      clock: 'boot',
      json: true,
      plain: true,
      ui: true,
      ascii: true,
      textPipe: true,
      force: true,
      dryRun: true,
      quiet: true,
      verbose: true,
      instance: 'i',
      tracefs: '/t',
      user: 'me',
      command: ['ls', '-l'],
      output: 'f.dat',
      recording: { maxBytes: 2 ** 31, format: { version: 7, compression: 'zstd' }, kallsyms: true },
    });
  });

  it('takes one value for -p, so that what follows is none', () => {
    expect(read('-p', '1', '2').pids).toEqual([1]);
  });

  it('has no command where nothing follows --', () => expect(read('--').command).toBeUndefined());

  it.each([
    [['--user', 'root'], 'using --user: there is no command'],
    [['-n', '0'], 'reading --max-events: '],
    [['-n', '-1'], 'reading --max-events: '],
    [['-n', 'x'], 'reading --max-events: '],
    [['--max-rate', '0'], 'reading --max-rate: '],
    [['--cpu', 'x'], "reading the CPU list 'x': 'x' is no CPU or range"],
    [['-d', 'x'], "reading the duration 'x': it is none"],
    [['-p', '0'], "reading the pid '0': it is no number"],
    [['--buffer-size', 'x'], "reading the size 'x': it is none"],
    [['--max-size', '1G'], 'using --max-size: nothing is recorded'],
    [['--kallsyms'], 'using --kallsyms: nothing is recorded'],
    [['-o', 'f', '--compression', 'lzma'], "compressing with 'lzma': ftui does not know it"],
  ])('refuses %j', (words, message) => expect(() => read(...words)).toThrow(message));
});
