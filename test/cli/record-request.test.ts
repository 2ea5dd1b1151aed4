/** From the options of `ftui record`, in their order, to what is asked for. */
import { describe, expect, it } from 'vitest';
import { recordShapes } from '../../src/cli/record-options.ts';
import { refusedOptions } from '../../src/cli/record-refusals.ts';
import { readRecordingRequest } from '../../src/cli/record-request.ts';
import { parseRecordWords } from '../../src/cli/record-words.ts';

const read = (...words: string[]) => readRecordingRequest(parseRecordWords(words, recordShapes));

describe('readRecordingRequest', () => {
  it('gives filters and triggers to the event before them', () => {
    const { buffers } = read('-e', 'a', '-f', 'x>1', '-f', 'y', '-e', 'b', '-R', 'stacktrace', '-v', '-e', 'c');
    expect(buffers[0]!.events).toEqual([
      { pattern: 'a', except: false, filters: ['x>1', 'y'], triggers: [] },
      { pattern: 'b', except: false, filters: [], triggers: ['stacktrace'] },
      { pattern: 'c', except: true, filters: [], triggers: [] },
    ]);
  });

  it('gives what follows -B to that buffer, and forgets -v', () => {
    const words = ['-v', '-e', 'a', '-M', '3', '-B', 'two', '-e', 'b', '-b', '100', '-C', 'local', '-T', '-M', '-1'];
    const { buffers } = read(...words, '-p', 'function', '-l', 'f');
    expect(buffers).toHaveLength(2);
    expect(buffers[0]).toMatchObject({ name: undefined, cpus: [0, 1], events: [{ except: true }] });
    expect(buffers[1]).toMatchObject({
      name: 'two',
      events: [{ pattern: 'b', except: false }],
      bufferSizeKb: 100,
      clock: 'local',
      stack: true,
      cpus: 'all',
      tracer: 'function',
      functions: [{ pattern: 'f', module: undefined }],
    });
  });

  it.each([
    [['--module', 'snd'], [{ pattern: '*', module: 'snd' }]],
    [['--module', 'snd', '-l', '*jack*'], [{ pattern: '*jack*', module: 'snd' }]],
    [['-l', ':mod:snd'], [{ pattern: '*', module: 'snd' }]],
    [
      ['-l', 'x:mod:snd', '-l', 'y'],
      [
        { pattern: 'x', module: 'snd' },
        { pattern: 'y', module: undefined },
      ],
    ],
  ])('%j chooses %j', (words, functions) =>
    expect(read('-p', 'function', ...words).buffers[0]!.functions).toEqual(functions),
  );

  it('reads sizes and numbers', () => {
    const { maxBytes, durationMs, roundMs, savedNames, format, maxRate } = read(
      ...[
        '-e',
        'x',
        '--max-size',
        '1G',
        '--duration',
        '2m',
        '-s',
        '5000',
        '--cmdlines-size',
        '10',
        '--compression',
        'any',
      ],
    );
    expect({ maxBytes, durationMs, roundMs, savedNames, format, maxRate }).toEqual({
      maxBytes: 2 ** 30,
      durationMs: 120_000,
      roundMs: 5,
      savedNames: 10,
      format: { version: 7, compression: 'zstd' },
      maxRate: Number.POSITIVE_INFINITY,
    });
  });

  it.each([
    [['-f', 'x'], 'using -f: it must follow an -e'],
    [['-B', 'a', '-R', 'x'], 'using -R: it must follow an -e'],
    [['-c'], 'using -c: there are no tasks whose children to trace'],
    [['-F'], 'using --only-command: there is no command'],
    [['--user', 'x'], 'using --user: there is no command'],
    [['-p', 'nop', '-p', 'function'], 'using -p function: the buffer has a tracer: nop'],
    [['-B', 'a', '-B', 'a'], 'using -B a: it was given before'],
    [['-M', 'x'], "reading the CPU mask 'x': it is none"],
    [['-l', 'schedule:traceoff'], 'using -l schedule:traceoff: ftui sets no function commands'],
    [['-C', 'tsc2nsec'], 'using --tsc2nsec: '],
    [['--file-version', '5'], 'writing version 5: there is none'],
    [['--file-version', '6', '--compression', 'zstd'], 'compressing version 6'],
    [['--date', '--ts-offset', '1'], 'both shift the stamps'],
    [['-m', '100', '--max-size', '1M'], 'both limit the size'],
    [['--compression', 'lzo'], "compressing with 'lzo'"],
    [['-P', 'x'], "reading the pid 'x'"],
    [['-s', 'x'], 'reading -s'],
  ])('refuses %j', (words, message) => expect(() => read(...words)).toThrow(message));

  it.each(refusedOptions.map(({ name, value }) => [name, value] as const))(
    'refuses %s with what to do',
    (name, value) => {
      const flag = name.length === 1 ? `-${name}` : `--${name}`;
      const words = value === 'none' ? [flag] : [flag, '1'];
      expect(() => read(...words)).toThrow(expect.objectContaining({ remedy: expect.stringMatching(/.{5}/) }));
    },
  );
});
