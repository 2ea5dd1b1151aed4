/**
 * The `format` file of one event (events/SYSTEM/NAME/format; kernel/trace/trace_events.c, f_show): its id, the fields of
 * its records and its print format.
 */

import { FtuiError } from '../base/errors.ts';
import { asEventId, type EventId } from '../base/units.ts';
import { classifyField, type EventField } from './event-field.ts';
import { hexFieldNames, stringFieldNames } from './print-format.ts';

export type { EventField, FieldLocation } from './event-field.ts';

export interface EventFormat {
  readonly system: string;
  readonly name: string;
  readonly id: EventId;
  /** The fields that every event of this kernel begins with: common_type, common_flags, ... */
  readonly commonFields: readonly EventField[];
  readonly fields: readonly EventField[];
  /** What follows `print fmt: `; empty when the file has none. */
  readonly printFormat: string;
}

const fieldLine = /^\s*field(?: special)?:(.*?);\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:([01]);)?/;

interface Lines {
  name: string | undefined;
  id: number | undefined;
  printFormat: string;
  /** The blocks of field lines, each with its number in the file. */
  readonly fields: { readonly line: number; readonly text: string; readonly common: boolean }[];
}

/**
 * Parses the text of a `format` file of `system`. Throws FtuiError with the event and the line when it is malformed;
 * unknown lines are skipped, for newer kernels may add some.
 */
export function parseEventFormat(system: string, text: string): EventFormat {
  const lines = splitLines(text);
  const event = `${system}:${lines.name ?? '?'}`;
  if (lines.name === undefined || lines.name === '') throw malformed(event, 1, 'there is no `name:` line');
  if (lines.id === undefined) throw malformed(event, 2, 'there is no valid `ID:` line');
  const hexNames = hexFieldNames(lines.printFormat);
  const stringNames = stringFieldNames(lines.printFormat);
  const commonFields: EventField[] = [];
  const fields: EventField[] = [];
  for (const { line, text: declaration, common } of lines.fields) {
    const parts = fieldLine.exec(declaration);
    const field = parts && classifyField(declarationOf(parts), hexNames, stringNames);
    if (!field) throw malformed(event, line, `\`${declaration.trim()}\` is no field`);
    (common ? commonFields : fields).push(field);
  }
  return { system, name: lines.name, id: asEventId(lines.id), commonFields, fields, printFormat: lines.printFormat };
}

function declarationOf(parts: RegExpExecArray) {
  return { declaration: parts[1]!, offset: Number(parts[2]), size: Number(parts[3]), signed: signedOf(parts[4]) };
}

/** Kernels before 2.6.37 do not say `signed:`; then the type decides. */
function signedOf(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === '1';
}

function splitLines(text: string): Lines {
  const lines: Lines = { name: undefined, id: undefined, printFormat: '', fields: [] };
  const all = text.split('\n');
  for (const [index, line] of all.entries()) {
    if (line.startsWith('name:')) lines.name = line.slice(5).trim();
    else if (line.startsWith('ID:')) lines.id = eventIdOf(line.slice(3).trim());
    else if (line.startsWith('print fmt:')) {
      lines.printFormat = all.slice(index).join('\n').slice('print fmt:'.length).trim();
      break;
    } else if (/^\s*field\b/.test(line)) {
      lines.fields.push({ line: index + 1, text: line, common: /[\s*]common_\w+;/.test(line) });
    }
  }
  return lines;
}

function eventIdOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function malformed(event: string, line: number, why: string): FtuiError {
  return new FtuiError({
    attempted: `reading the format of ${event}`,
    why: `line ${line}: ${why}`,
    remedy: 'the recording or the tracefs it came from is damaged',
  });
}
