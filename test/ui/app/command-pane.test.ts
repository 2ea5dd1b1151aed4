/** Between a command's terminal and the emulator: order, back pressure, answers, keys, sizes. */
import { describe, expect, it, vi } from 'vitest';
import { asPid } from '../../../src/base/units.ts';
import type { CommandEnd, CommandTerminal, TerminalSize } from '../../../src/index.ts';
import { CommandPane } from '../../../ui/app/command-pane.ts';

/** A command whose terminal does what the test says, and remembers what was done to it. */
async function openPane(change: Partial<CommandTerminal> = {}) {
  const done: string[] = [];
  const sizes: TerminalSize[] = [];
  let output: (bytes: Uint8Array) => void = () => {};
  const { promise, resolve } = Promise.withResolvers<CommandEnd>();
  const terminal: CommandTerminal = {
    lack: undefined,
    hasBegun: true,
    onOutput: (listener) => {
      output = listener;
    },
    write: (text) => done.push(text),
    resize: (size) => sizes.push(size),
    pause: () => done.push('pause'),
    resume: () => done.push('resume'),
    close: async () => {
      done.push('close');
    },
    ...change,
  };
  const pane = await CommandPane.open({ argv: ['sh', '-c', 'a\u001b'], size: { columns: 40, rows: 5 }, term: 'xterm' });
  const command = { pid: asPid(1), release: () => {}, abandon: () => {}, signal: () => {}, ended: promise, terminal };
  pane.attach(command);
  const textOf = (line: number) =>
    pane
      .lineAt(line)
      .map(({ text }) => text)
      .join('');
  const write = (text: string) => output(Buffer.from(text));
  return { pane, done, sizes, write, end: resolve, textOf };
}

describe('CommandPane', () => {
  it('shows what the command writes, and tells of it', async () => {
    const { pane, write, textOf } = await openPane();
    expect(pane.title).toBe('sh -c a\\e');
    const onChange = vi.fn();
    pane.onChange = onChange;
    const { version } = pane;
    write('hello');
    await vi.waitUntil(() => textOf(0) === 'hello');
    expect(onChange).toHaveBeenCalled();
    expect(pane.version).toBeGreaterThan(version);
    expect(pane.cursor).toEqual({ line: 0, column: 5 });
  });

  it('holds the command back while more waits than the emulator takes, and loses nothing', async () => {
    const { pane, done, write } = await openPane();
    const lines = Array.from({ length: 4_000 }, (_, at) => `line ${at} ${'x'.repeat(20)}\r\n`);
    for (let at = 0; at < lines.length; at += 100) write(lines.slice(at, at + 100).join(''));
    expect(done).toEqual(['pause']);
    expect(pane.heldBackAt).toBeGreaterThan(0);
    await vi.waitUntil(() => done.includes('resume'));
    expect(done).toEqual(['pause', 'resume']);
    expect(pane.length).toBe(4_001);
    write(lines.join(''));
    expect(done).toEqual(['pause', 'resume', 'pause']);
  });

  it('does not hold back what comes in small parts', async () => {
    const { done, write, textOf } = await openPane();
    write('a\r\n');
    await vi.waitUntil(() => textOf(0) === 'a');
    expect(done).toEqual([]);
  });

  it('answers what a terminal is asked, within bounds', async () => {
    const { done, write } = await openPane();
    write('ab\u001b[6n');
    await vi.waitUntil(() => done.length > 0);
    expect(done).toEqual(['\u001b[1;3R']);
    write('\u001b[6n'.repeat(10_000));
    write('\u001b[?1h');
    await vi.waitUntil(() => done.length > 100);
    expect(done.join('').length).toBeLessThanOrEqual(2 * 4_096);
  });

  it('sends keys in the form that the command has asked for', async () => {
    const { pane, done, write, textOf } = await openPane();
    pane.type({ kind: 'key', key: 'Up' });
    write('\u001b[?1h\u001b[?2004h.');
    await vi.waitUntil(() => textOf(0) === '.');
    pane.type({ kind: 'key', key: 'Up' });
    pane.type({ kind: 'paste', text: 'x' });
    expect(done).toEqual(['\u001b[A', '\u001bOA', '\u001b[200~x\u001b[201~']);
  });

  it('tells the command of another size, once', async () => {
    const { pane, sizes } = await openPane();
    pane.resize({ columns: 50, rows: 6 });
    pane.resize({ columns: 50, rows: 6 });
    expect(sizes).toEqual([
      { columns: 40, rows: 5 },
      { columns: 50, rows: 6 },
    ]);
    expect(pane.length).toBe(6);
  });

  it('knows the end, and hangs up when it is closed', async () => {
    const { pane, done, end } = await openPane();
    expect(pane.end).toBe(undefined);
    end({ code: 7, signal: null });
    await vi.waitUntil(() => pane.end !== undefined);
    expect(pane.end).toEqual({ code: 7, signal: null });
    await pane.close();
    expect(done).toEqual(['close']);
  });

  it('begins with what is missing where there is no terminal, and starts each line at its beginning', async () => {
    const { pane, write, textOf } = await openPane({ lack: 'No terminal here.' });
    write('one\ntwo\n');
    await vi.waitUntil(() => textOf(2) === 'two');
    expect([textOf(0), textOf(1)]).toEqual(['(No terminal here.)', 'one']);
    expect(pane.lack).toBe('No terminal here.');
  });

  it('shows another try of a command whose first one was given up', async () => {
    const { pane, end } = await openPane();
    const other = Promise.withResolvers<CommandEnd>();
    const terminal: CommandTerminal = {
      ...{ lack: undefined, hasBegun: false, onOutput: () => {}, write: () => {}, resize: () => {} },
      ...{ pause: () => {}, resume: () => {}, close: async () => {} },
    };
    const command = { pid: asPid(2), release: () => {}, abandon: () => {}, signal: () => {}, terminal };
    pane.attach({ ...command, ended: other.promise });
    end({ code: null, signal: 'SIGHUP' });
    await Promise.resolve();
    expect([pane.end, pane.hasBegun]).toEqual([undefined, false]);
    other.resolve({ code: 0, signal: null });
    await vi.waitUntil(() => pane.end?.code === 0);
  });
});
