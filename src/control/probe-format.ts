/**
 * The event that a dynamic probe will have, known before it is defined: the fields that its fetch args become
 * (kernel/trace/trace_probe.c, traceprobe_define_arg_fields), so that a filter can be checked before anything is
 * written.
 */

import { asEventId } from '../base/units.ts';
import { classifyField, type EventField } from '../format/event-field.ts';
import type { EventFormat } from '../format/event-format.ts';
import type { ProbeDefinition } from './trace-plan.ts';

const noNames: ReadonlySet<string> = new Set();

/** Fields that come before the arguments, and the kernel's own of every event. */
const commonFields = [
  fieldOf('unsigned short common_type', 2, false),
  fieldOf('unsigned char common_flags', 1, false),
  fieldOf('unsigned char common_preempt_count', 1, false),
  fieldOf('int common_pid', 4, true),
];

/** The format of a probe's event as far as filters look at it: offsets, id and print format are none. */
export function formatOfProbe({ group, event, line }: ProbeDefinition): EventFormat {
  const [head = '', , ...rest] = line.split(' ');
  const condition = head.startsWith('e') ? rest.indexOf('if') : -1;
  const words = condition < 0 ? rest : rest.slice(0, condition);
  const places = head.startsWith('r') ? ['__probe_func', '__probe_ret_ip'] : ['__probe_ip'];
  return {
    system: group,
    name: event,
    id: asEventId(0),
    commonFields,
    fields: [...places.map((name) => fieldOf(`unsigned long ${name}`, 8, false)), ...words.map(fieldOfWord)],
    printFormat: '',
  };
}

/** `name=VALUE:TYPE`; a value without a type is a number whose sign only the kernel knows. */
function fieldOfWord(word: string): EventField {
  const name = word.slice(0, word.indexOf('='));
  const value = word.slice(name.length + 1);
  const [, type = '', count] = /:([a-z]\w*(?:@\d+\/\d+)?|%p[dD])(?:\[(\d+)\])?$/.exec(value) ?? [];
  if (/^(?:u?string|symstr|%p[dD])$/.test(type) || (type === '' && value === '$comm')) {
    return fieldOf(`__data_loc char[]${count === undefined ? '' : `[${count}]`} ${name}`, 4, true);
  }
  const { declared, bits } = numberOf(type);
  const array = count === undefined ? '' : `[${count}]`;
  return fieldOf(`${declared} ${name}${array}`, (bits / 8) * Number(count ?? 1), declared.startsWith('s'));
}

function numberOf(type: string): { readonly declared: string; readonly bits: number } {
  const plain = /^([usx])(8|16|32|64)$/.exec(type);
  if (plain !== null) return { declared: `${plain[1] === 's' ? 's' : 'u'}${plain[2]}`, bits: Number(plain[2]) };
  const bitField = /^b\d+@\d+\/(\d+)$/.exec(type);
  if (bitField !== null) return { declared: `u${bitField[1]}`, bits: Number(bitField[1]) };
  if (type === 'char') return { declared: 'u8', bits: 8 };
  return type === 'symbol' ? { declared: 'u64', bits: 64 } : { declared: 's64', bits: 64 };
}

function fieldOf(declaration: string, size: number, signed: boolean): EventField {
  return classifyField({ declaration, offset: 0, size, signed }, noNames, noNames)!;
}
