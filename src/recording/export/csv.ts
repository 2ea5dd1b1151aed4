/**
 * A table as RFC 4180 has it: a row for each event, lines that end in CR LF, quotes where they are needed. Control bytes
 * become visible escapes; line breaks of an event's text stay, within quotes.
 */
import { visibleText } from '../../base/text.ts';
import type { EventSource, RecordedEvent, SourceItem } from '../event-source.ts';
import type { ExportFormat } from './export-format.ts';
import { hexText } from './json-text.ts';
import { countItems } from './selected-items.ts';
import { type ExportedField, listExportedFields } from './shown-fields.ts';
import { TextBlock } from './text-blocks.ts';

const columns = ['time', 'cpu', 'pid', 'comm', 'instance', 'system', 'event', 'text'] as const;

export const csv: ExportFormat = {
  name: 'csv',
  endings: ['.csv'],
  describe: 'a table of events (RFC 4180); --fields adds columns',
  *write(source, { selection, fields }, report) {
    const block = new TextBlock();
    let names = fields === 'all' ? undefined : (fields ?? []);
    if (names !== undefined) block.add(headerRow(names));
    for (const item of countItems(source, selection, report)) {
      if (names === undefined && item.kind === 'event') {
        names = fieldNamesOf(item);
        block.add(headerRow(names));
      }
      if (names !== undefined) block.add(rowOf(source, item, names));
      if (block.isFull) yield* block.take();
    }
    if (names === undefined) block.add(headerRow([]));
    yield* block.take();
  },
};

function fieldNamesOf(event: RecordedEvent): string[] {
  return (listExportedFields(event) ?? []).map(({ name }) => name);
}

/** A field that is called like one of the first columns is told from it. */
function headerRow(names: readonly string[]): string {
  const taken: readonly string[] = columns;
  return rowText([...columns, ...names.map((name) => (taken.includes(name) ? `field_${name}` : name))]);
}

function rowOf(source: EventSource, item: SourceItem, names: readonly string[]): string {
  const time = timeText(source, item.time);
  if (item.kind !== 'event') {
    return rowText([time, String(item.cpu), '', '', '', '', item.kind, gapText(item), ...names.map(() => '')]);
  }
  const { cpu, pid, comm, instance, system = '', name, text } = item;
  const fields = names.length === 0 ? [] : (listExportedFields(item) ?? []);
  const values = names.map((wanted) => valueText(fields.find((field) => field.name === wanted)));
  return rowText([time, String(cpu), String(pid), comm, instance, system, name, text, ...values]);
}

/** A gap has a row as well: a table that is silent about it would be wrong. */
function gapText(item: Exclude<SourceItem, RecordedEvent>): string {
  if (item.kind === 'damaged') return `unreadable data left out: ${item.reason}`;
  return `${item.count === undefined ? 'events' : `${item.count} events`} lost before this point`;
}

function rowText(cells: readonly string[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

const bare = /^[ !#-+\--~]*$/;

function cellText(text: string): string {
  if (bare.test(text)) return text;
  return `"${text.split('\n').map(visibleText).join('\n').replaceAll('"', '""')}"`;
}

/** Nothing for a field that the event does not have, or that is null. */
function valueText(field: Pick<ExportedField, 'value' | 'inHex'> | undefined): string {
  if (field === undefined || field.value === null) return '';
  const { value, inHex } = field;
  if (typeof value === 'object') return `{${value.map((item) => valueText({ value: item, inHex })).join(',')}}`;
  return inHex && typeof value !== 'string' ? hexText(value) : String(value);
}

/** Seconds with nine digits, exact; a clock that counts something else as it counts. */
function timeText({ origin, timeIsNanoseconds }: EventSource, time: number): string {
  const exact = origin + BigInt(Math.round(time));
  if (!timeIsNanoseconds) return String(exact);
  const digits = String(exact).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
