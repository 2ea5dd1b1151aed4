/** Items of the log as text: for search, the clipboard, files, and all fields of one event. */
import { jsonLine, type SourceItem, visibleText } from '../../../src/index.ts';
import type { Models } from '../../state/models.ts';
import { formatWhole } from '../../terminal/quantities.ts';

/** `sched_switch: prev_comm=...`; for gaps what is missing. */
export function messageOf(item: SourceItem, models: Models): string {
  switch (item.kind) {
    case 'event':
      return `${visibleText(item.name)}: ${models.log.textOf(item)}`;
    case 'lost':
      return gapText(item);
    default:
      return `damaged data on cpu${item.cpu}, left out: ${visibleText(item.reason)}`;
  }
}

function gapText({ count, cpu, skipped }: Extract<SourceItem, { kind: 'lost' }>): string {
  const events = count === undefined ? 'events' : `${formatWhole(count)} event${count === 1 ? '' : 's'}`;
  if (skipped === true) return `${events} of cpu${cpu} counted but not shown: too many to show`;
  return `${events} lost on cpu${cpu}`;
}

/** One line, as a text file has it. */
export function lineOf(item: SourceItem, models: Models): string {
  const task = item.kind === 'event' ? models.taskOf(item.pid) : '';
  const stamp = models.stampText(item.time);
  return `${task.padStart(24)} [${String(item.cpu).padStart(3, '0')}] ${stamp}: ${messageOf(item, models)}`;
}

/** All that is searched of an item. */
export function searchedText(item: SourceItem, models: Models): string {
  return item.kind === 'event' ? `${models.taskOf(item.pid)} ${messageOf(item, models)}` : messageOf(item, models);
}

/** Everything known of an item, a line each. */
export function fieldLines(item: SourceItem, models: Models): string[] {
  const head = [`time   ${models.stampText(item.time)}`, `cpu    ${item.cpu}`];
  if (item.kind !== 'event') return [...head, messageOf(item, models)];
  const name = item.system === undefined ? item.name : `${item.system}:${item.name}`;
  const lines = [`event  ${name}`, ...head, `task   ${models.taskOf(item.pid)}`];
  if (item.tgid !== undefined) lines.push(`tgid   ${item.tgid}`);
  if (item.flags !== undefined)
    lines.push(`flags  0x${item.flags.toString(16)}, preempt count ${item.preemptCount ?? 0}`);
  if (item.instance !== '') lines.push(`in     instance ${item.instance}`);
  const fields = Object.entries(item.fields ?? {});
  const nameWidth = Math.max(0, ...fields.map(([field]) => field.length));
  lines.push('', ...fields.map(([field, value]) => `${field.padEnd(nameWidth)}  ${valueText(value)}`));
  for (const frame of item.stack?.frames ?? []) {
    lines.push(`  ${typeof frame === 'bigint' ? models.nameOfAddress(frame).name : frame}`);
  }
  if (item.text !== '') lines.push('', ...item.text.split('\n'));
  return lines.map(visibleText);
}

/** Numbers also in hexadecimal where that says more. */
function valueText(value: unknown): string {
  if (typeof value === 'bigint') return value > 0xffffn ? `${value}  0x${value.toString(16)}` : String(value);
  if (typeof value === 'number') return value > 0xffff ? `${value}  0x${value.toString(16)}` : String(value);
  if (typeof value === 'string') return `"${value}"`;
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '';
}

/** At most this many rows go to the clipboard or to a file. */
const mostCopied = 5_000;
const mostWritten = 100_000;

export function copiedRows(length: number, models: Models): string {
  return listLines(length, mostCopied, (item) => lineOf(item, models), models).join('\n');
}

/** The rows as a file: JSON, an object a line, where the name ends in `.json`, else text. */
export function writtenRows(file: string, length: number, models: Models): string {
  const isJson = /\.(json|ndjson|jsonl)$/.test(file);
  const write = (item: SourceItem) => (isJson ? jsonOf(item, models) : lineOf(item, models));
  return `${listLines(length, mostWritten, write, models).join('\n')}\n`;
}

function listLines(length: number, most: number, write: (item: SourceItem) => string, { log }: Models): string[] {
  const lines: string[] = [];
  // The newest, where they are too many.
  for (let index = Math.max(0, length - most); index < length; index += 1) lines.push(write(log.itemAt(index)));
  return lines;
}

function jsonOf(item: SourceItem, models: Models): string {
  const { kind, time, cpu } = item;
  if (item.kind === 'lost') return jsonLine({ type: kind, time, cpu, count: item.count ?? null });
  if (item.kind === 'damaged') return jsonLine({ type: kind, time, cpu, reason: item.reason });
  const { pid, comm, system, name } = item;
  return jsonLine({
    type: kind,
    time,
    cpu,
    pid,
    comm,
    event: system === undefined ? name : `${system}:${name}`,
    text: models.log.textOf(item),
  });
}
