/** The words of `ftui record` as getopt_long takes them. */
import { describe, expect, it } from 'vitest';
import { recordOptions, recordShapes } from '../../src/cli/record-options.ts';
import { parseRecordWords, protectRecordWords } from '../../src/cli/record-words.ts';

function parse(line: string) {
  const { options, command } = parseRecordWords(line.split(' '), recordShapes);
  return { options: options.map(({ name, value }) => (value === '' ? name : `${name}=${value}`)), command };
}

describe('parseRecordWords', () => {
  it.each([
    // Lines of trace-cmd's manual and documentation.
    ['-e all ls', ['event=all'], ['ls']],
    ['-p function -e sched_switch ls', ['tracer=function', 'event=sched_switch'], ['ls']],
    [
      '-p function_graph -e irq_handler_entry -l do_IRQ sleep 10',
      ['tracer=function_graph', 'event=irq_handler_entry', 'function=do_IRQ'],
      ['sleep', '10'],
    ],
    [
      '-e sched -B block -e block -B time -e timer sleep 1',
      ['event=sched', 'buffer=block', 'event=block', 'buffer=time', 'event=timer'],
      ['sleep', '1'],
    ],
    [
      '-p function -M c -B events13 -e all -M 5',
      ['tracer=function', 'cpumask=c', 'buffer=events13', 'event=all', 'cpumask=5'],
      undefined,
    ],
    ['-e sched -v -e *stat*', ['event=sched', 'except', 'event=*stat*'], undefined],
    [
      '-p function_graph -g do_sys_openat2 -e sched ls',
      ['tracer=function_graph', 'graph-function=do_sys_openat2', 'event=sched'],
      ['ls'],
    ],
    // getopt's forms of the same.
    ['-eall -pnop ls', ['event=all', 'tracer=nop'], ['ls']],
    ['-FcTe sched ls', ['only-command', 'children', 'stack', 'event=sched'], ['ls']],
    ['--max-graph-depth=2 --max-graph-depth 3', ['max-graph-depth=2', 'max-graph-depth=3'], undefined],
    ['-e sched -- ls -l', ['event=sched'], ['ls', '-l']],
    ['-e sched ls -l -- -e', ['event=sched'], ['ls', '-l', '--', '-e']],
    ['-M -1 -e sched', ['cpumask=-1', 'event=sched'], undefined],
    ['--verbose=debug -q - x', ['verbose=debug', 'quiet'], ['-', 'x']],
    ['-O nograph-time ls 0x10 1e3', ['option=nograph-time'], ['ls', '0x10', '1e3']],
  ])('%s', (line, options, command) => expect(parse(line)).toEqual({ options, command }));

  it.each([
    ['-e', 'reading -e: its value is missing'],
    ['--output', 'reading --output: its value is missing'],
    ['-Z', 'reading -Z: ftui record has no such option'],
    ['--grph-function x', 'reading --grph-function: ftui record has no such option'],
    ['--force=yes', 'reading --force: it takes no value'],
  ])('refuses %s', (line, message) => expect(() => parse(line)).toThrow(message));
});

describe('the table of options', () => {
  it('has each letter and each name once', () => {
    const all = recordShapes.flatMap(({ name, letter }) => (letter === undefined ? [name] : [name, letter]));
    expect(all.filter((one, index) => all.indexOf(one) < index)).toEqual([]);
  });

  it('knows every letter of trace-cmd record', () => {
    const letters = [...'aefFApcCdDGoOsrVvglnPNtRBkKSiTmMHqb'];
    const known = recordShapes.flatMap(({ name, letter }) => [name, letter]);
    expect(letters.filter((letter) => !known.includes(letter))).toEqual([]);
  });

  it('gives no letter to what is ours alone', () => {
    const ours = ['pid', 'cpu', 'duration', 'max-size', 'force', 'dry-run', 'instance', 'kprobe', 'uprobe', 'kallsyms'];
    expect(recordOptions.filter(({ name, letter }) => ours.includes(name) && letter !== undefined)).toEqual([]);
  });
});

describe('protectRecordWords', () => {
  it('hands the words of record past yargs, but for help', () => {
    expect(protectRecordWords(['record', '-e', 'x', 'ls', '--help'])).toEqual([
      'record',
      '--',
      '-e',
      'x',
      'ls',
      '--help',
    ]);
    expect(protectRecordWords(['record', '--help'])).toEqual(['record', '--help']);
    expect(protectRecordWords(['event', '-p', '1'])).toEqual(['event', '-p', '1']);
  });
});
