/** drv_bss_info_changed over three lines, as libtraceevent's plugin prints it. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext, WriteEventText } from '../event-text.ts';
import { locateDynamic, writeText } from '../print-fmt/record-text.ts';
import { numberField } from './number-field.ts';

type Part = (out: ByteWriter, bytes: Uint8Array, view: DataView, start: number, end: number) => void;

const lineStart = `\n${' '.repeat(65)}`;

export function bssInfoWriter(format: EventFormat, context: EventTextContext): WriteEventText {
  const literal =
    (text: string): Part =>
    (out) =>
      out.text(text);
  const number = (name: string, before = `${name}:`, after = '', inHex = false): Part => {
    const field = numberField(format, context.abi, name);
    if (field === undefined) return literal('');
    return (out, _bytes, view, start, end) => {
      if (start + field.end > end) return;
      const value = field.low(view, start);
      out.text(before);
      if (inHex && value !== 0) out.text('0x');
      if (inHex) out.hex(field.high(view, start), value);
      else out.decimal(value | 0);
      out.text(after);
    };
  };
  const spaced = (names: string): Part[] => names.split(' ').flatMap((name) => [number(name), literal(' ')]);
  const parts = [
    text(format, context, 'wiphy_name'),
    literal(' vif:'),
    text(format, context, 'vif_name'),
    number('vif_type', '(', ')'),
    literal(lineStart),
    ...spaced('assoc aid cts shortpre shortslot dtimper'),
    literal(lineStart),
    ...spaced('bcnint'),
    number('assoc_cap', 'assoc_cap:', '', true),
    literal(' '),
    number('basic_rates', 'basic_rates:', '', true),
    literal(' '),
    number('enable_beacon'),
    literal(lineStart),
    number('ht_operation_mode'),
  ];
  return (out, bytes, view, start, end) => {
    for (const part of parts) part(out, bytes, view, start, end);
  };
}

function text(format: EventFormat, { abi }: EventTextContext, name: string): Part {
  const field = format.fields.find((candidate) => candidate.name === name);
  if (field === undefined) return (out) => out.text(`NOTFOUND:${name}`);
  if (field.location === 'inline') {
    return (out, bytes, _view, start, end) => {
      const from = start + field.offset;
      writeText(out, bytes, from, Math.min(from + field.size, end));
    };
  }
  const dynamic = { ...field, isRelative: false, littleEndian: abi.littleEndian, dropsBeyond: true };
  return (out, bytes, view, start, end) => {
    const place = locateDynamic(view, start, end, dynamic);
    const from = Math.floor(place / 65536);
    writeText(out, bytes, from, from + (place % 65536));
  };
}
