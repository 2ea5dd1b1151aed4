/** What is on the screens, written to a file whose name tells the form. */
import { FtuiError, jsonLine } from '../../src/index.ts';
import { subtreeText } from '../screens/graph/graph-text.ts';
import type { Models } from '../state/models.ts';
import type { EngineHost } from './engine-host.ts';

/** Returns what to say of it. */
export async function exportShown(
  { file, content: given }: { readonly file: string; readonly content: string },
  models: Models,
  host: EngineHost,
): Promise<string> {
  const content = given === '' ? contentFor(file, models) : given;
  await host.writeFile(file, content);
  return `wrote ${file}`;
}

function contentFor(file: string, models: Models): string {
  if (file.endsWith('.folded')) return foldedStacks(models).join('');
  if (file.endsWith('.json')) return callLines(models).join('');
  if (file.endsWith('.txt')) return `${subtreeText(0, models).join('\n')}\n`;
  throw new FtuiError({
    attempted: `exporting to ${file}`,
    why: 'its ending is none of .txt, .json, .folded',
    remedy: 'record to a file (w) and use ftui export for flame graphs, Perfetto, speedscope and CSV',
  });
}

/** `a;b;c SELF`, self time in microseconds, as flame graph programs read it. */
function foldedStacks(models: Models): string[] {
  const { paths } = models;
  const lines: string[] = [];
  const waiting = paths.children(0);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    waiting.push(...paths.children(node));
    const weight = Math.round(paths.selfOf(node) / 1000);
    if (weight > 0)
      lines.push(
        `${paths
          .pathOf(node)
          .map((at) => models.labelOf(at).text)
          .join(';')} ${weight}\n`,
      );
  }
  return lines.sort();
}

function callLines(models: Models): string[] {
  const lines: string[] = [];
  for (let index = 0; index < models.calls.length; index += 1) {
    const row = models.calls.rowAt(index);
    if (row.kind === 'gap') {
      lines.push(`${jsonLine({ type: 'lost', time: row.time, cpu: row.cpu, count: row.count ?? null })}\n`);
      continue;
    }
    const { time, cpu, pid, comm, duration, calls, retval } = row;
    const name = models.nameOf(row.func).name;
    const value = retval === undefined ? {} : { retval: Number(BigInt.asIntN(64, retval)) };
    lines.push(
      `${jsonLine({ type: 'call', time, cpu, pid, comm, function: name, duration: duration ?? null, calls, ...value })}\n`,
    );
  }
  return lines;
}
