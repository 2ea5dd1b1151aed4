/** hrtimer, tlb and kmem events in the form of libtraceevent's plugins. */

import type { ByteWriter } from '../../base/byte-writer.ts';
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext, WriteEventText } from '../event-text.ts';
import { putSigned64, putUnsigned64 } from '../print-fmt/digits.ts';
import { writeHexNumber } from '../print-fmt/tables.ts';
import { type NumberField, numberField } from './number-field.ts';

type WritePart = (out: ByteWriter, view: DataView, start: number, end: number) => void;

/** A number behind its label; libtraceevent says so when the event has no such field. */
function labelled(label: string, name: string, field: NumberField | undefined, write: typeof writeUnsigned): WritePart {
  const text = field === undefined ? `${label}CAN'T FIND FIELD "${name}"` : label;
  return (out, view, start, end) => {
    out.text(text);
    if (field === undefined || start + field.end > end) return;
    write(out, field.high(view, start), field.low(view, start));
  };
}

function writeUnsigned(out: ByteWriter, high: number, low: number): void {
  out.reserve(24);
  out.length = putUnsigned64(out.bytes, out.length, high, low);
}

function writeSigned(out: ByteWriter, high: number, low: number): void {
  out.reserve(24);
  out.length = putSigned64(out.bytes, out.length, high, low);
}

/** ` function=tick_sched_timer/0x0`: behind the slash is the symbol's address minus the given one. */
function timerFunction(format: EventFormat, context: EventTextContext): WritePart {
  const field = numberField(format, context.abi, 'function');
  if (field === undefined) return () => {};
  return (out, view, start, end) => {
    out.text(' function=');
    if (start + field.end > end) return;
    const high = field.high(view, start);
    const low = field.low(view, start);
    const found = context.nameOfHalves(high, low);
    if (found === undefined) {
      out.text('0x');
      return out.hex(high, low, 8, 0x30);
    }
    out.text(found.name);
    out.text('/');
    const negated = BigInt.asUintN(64, -BigInt(found.offset));
    writeHexNumber(out, Number(negated >> 32n), Number(negated & 0xffffffffn));
  };
}

export function timerWriter(format: EventFormat, context: EventTextContext): WriteEventText {
  const number = (name: string, ...others: string[]): NumberField | undefined =>
    numberField(format, context.abi, name, ...others);
  const timer = labelled('hrtimer=', 'hrtimer', number('timer', 'hrtimer'), writeHexNumber);
  const target = timerFunction(format, context);
  const parts =
    format.name === 'hrtimer_start'
      ? [
          timer,
          target,
          labelled(' expires=', 'expires', number('expires'), writeUnsigned),
          labelled(' softexpires=', 'softexpires', number('softexpires'), writeUnsigned),
        ]
      : [timer, labelled(' now=', 'now', number('now'), writeUnsigned), target];
  return (out, _bytes, view, start, end) => {
    for (const part of parts) part(out, view, start, end);
  };
}

const flushReasons = ['flush on task switch', 'remote shootdown', 'local shootdown', 'local mm shootdown'];

export function tlbFlushWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const reason = numberField(format, context.abi, 'reason');
  if (reason === undefined) return undefined;
  const pages = labelled('pages=', 'pages', numberField(format, context.abi, 'pages'), writeSigned);
  return (out, _bytes, view, start, end) => {
    pages(out, view, start, end);
    if (start + reason.end > end) return;
    const number = reason.low(view, start);
    out.text(` reason=${flushReasons[number] ?? ''} (`);
    writeSigned(out, reason.high(view, start), number);
    out.text(')');
  };
}

/** `(func+0x1f) ` in front of what the print fmt says of an allocation. */
export function callSiteWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const site = numberField(format, context.abi, 'call_site');
  if (site === undefined) return undefined;
  return (out, _bytes, view, start, end) => {
    if (start + site.end > end) return;
    const found = context.nameOfHalves(site.high(view, start), site.low(view, start));
    if (found === undefined) return;
    out.text('(');
    out.text(found.name);
    out.text('+');
    writeHexNumber(out, 0, found.offset >>> 0);
    out.text(') ');
  };
}
