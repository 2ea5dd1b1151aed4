/**
 * A small language of operations on a kernel's files, and their outcome as text. operations.txt is run on real kernels
 * (record-transcript.ts) and on the simulated one; the transcripts must be the same.
 */

import type { KernelFiles, KernelStream, WriteMode } from '../../src/tracefs/kernel-files.ts';

const tracing = '/sys/kernel/tracing';

/** Runs each line of `script`; the transcript repeats the line and gives what came of it. */
export function runOperations(kernel: KernelFiles, script: string): string {
  const streams = new Map<string, KernelStream>();
  const out: string[] = [];
  for (const line of script.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    out.push(`> ${line}`);
    try {
      out.push(...runOperation(kernel, streams, line));
    } catch (error) {
      out.push(`= ${(error as { code?: string }).code ?? String(error)}`);
    }
  }
  for (const stream of streams.values()) stream.close();
  return `${out.join('\n')}\n`;
}

function runOperation(kernel: KernelFiles, streams: Map<string, KernelStream>, line: string): string[] {
  const [verb = '', name = '', ...rest] = line.split(' ');
  const path = `${tracing}/${name}`;
  switch (verb) {
    case 'overwrite':
    case 'append':
    case 'truncate':
      kernel.write(path, words(rest.join(' ')), verb satisfies WriteMode);
      return [];
    case 'read':
      return sortSets(name, normalise(kernel.readText(path)));
    case 'exists':
      return [`= ${kernel.exists(path)}`];
    case 'list':
      return [`= ${kernel.list(path).sort().join(' ')}`];
    case 'mkdir':
      kernel.mkdir(path);
      return [];
    case 'rmdir':
      kernel.rmdir(path);
      return [];
    case 'open':
      streams.get(name)?.close();
      streams.set(name, kernel.openStream(path));
      return [];
    case 'close':
      streams.get(name)?.close();
      streams.delete(name);
      return [];
    default:
      throw new Error(`no operation '${verb}'`);
  }
}

/** Words between `|`; `\n` stands for a newline, and nothing is added. */
function words(text: string): string[] {
  return text === '' ? [] : text.split('|').map((word) => word.replaceAll('\\n', '\n').replaceAll('\\p', '|'));
}

/** Lines of a file, with what differs from one run to the next made equal. */
function normalise(text: string): string[] {
  const lines = text.split('\n');
  const ended = lines.at(-1) === '' ? lines.slice(0, -1) : [...lines, '(no newline at the end)'];
  return ended.map(
    (line) => `  ${line.replace(/^\[ *\d+\.\d+\]/, '[TIME]').replace(/^(ID|now ts): +[\d.]+/, '$1: N')}`,
  );
}

/** set_graph_* list their functions in the order of a hash. */
function sortSets(name: string, lines: string[]): string[] {
  return name.startsWith('set_graph_') ? lines.sort() : lines;
}
