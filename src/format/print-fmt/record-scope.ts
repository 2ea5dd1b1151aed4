/** What expressions of a `print fmt` refer to: the fields of a record, where they are, and the symbols of the kernel. */
import type { EventField } from '../event-field.ts';
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext } from '../event-text.ts';
import type { Expression } from './expression.ts';
import type { FunctionSource } from './function-source.ts';
import { type DynamicField, locateDynamic } from './record-text.ts';
import { PrintFmtError } from './tokens.ts';
import { integerTypeOf } from './type-names.ts';
import { constantValue, numberValue, typeBounds, u64, type Value } from './values.ts';

/** Bytes of the record: code of the place in the view and of the place behind, not beyond the record's end. */
export interface Place {
  readonly at: string;
  readonly limit: string;
  /** Bytes of one element, with its sign. */
  readonly elementSize: number;
  readonly isSigned: boolean;
  readonly field?: EventField;
  readonly isDynamic: boolean;
}

const dynamicHelpers =
  /^__get_(?:rel_)?(?:dynamic_array|str|bitmask|cpumask)$|^__get_(?:rel_)?sockaddr$|^__get_sockaddr_rel$/;

const mostSteps = 50_000;

export class RecordScope {
  readonly format: EventFormat;
  readonly context: EventTextContext;
  readonly source: FunctionSource;
  readonly isTraceCmd: boolean;
  #steps = 0;

  constructor(format: EventFormat, context: EventTextContext, source: FunctionSource) {
    this.format = format;
    this.context = context;
    this.source = source;
    this.isTraceCmd = context.style === 'trace-cmd';
  }

  /** Counts the parts of expressions that were looked at: one may stand for another many times over. */
  countStep(): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new PrintFmtError('it is too complex');
  }

  field(name: string): EventField {
    const isNamed = (field: EventField): boolean => field.name === name;
    const field = this.format.commonFields.find(isNamed) ?? this.format.fields.find(isNamed);
    if (field === undefined) throw new PrintFmtError(`there is no field ${name.slice(0, 40)}`);
    return field;
  }

  /** The number in a field's fixed bytes; libtraceevent reads each as unsigned. */
  fieldValue(field: EventField): Value {
    const { littleEndian } = this.context.abi;
    const { offset, size } = field;
    const end = offset + size;
    const isSigned = field.signed && !this.isTraceCmd && !field.isPointer;
    if (size === 8) {
      const [first, second] = [0, 4].map((part) =>
        this.source.load(`v.getUint32(s+${offset + part},${littleEndian})`, end),
      );
      const halves = littleEndian ? { high: second!, low: first! } : { high: first!, low: second! };
      const type = isSigned ? { bits: 64 as const, isSigned } : u64;
      const code = this.source.load(`v.getBig${isSigned ? 'Int' : 'Uint'}64(s+${offset},${littleEndian})`, end, '0n');
      return { code, isBig: true, ...typeBounds(type), type, halves };
    }
    if (size !== 1 && size !== 2 && size !== 4) return constantValue(0n, u64);
    const bits = (size * 8) as 8 | 16 | 32;
    const order = size === 1 ? '' : `,${littleEndian}`;
    const code = this.source.load(`v.get${isSigned ? 'Int' : 'Uint'}${bits}(s+${offset}${order})`, end);
    const { low, high } = typeBounds({ bits, isSigned });
    return numberValue(code, low, high, this.isTraceCmd ? u64 : { bits, isSigned });
  }

  /** Where the bytes are that an expression points to; undefined when it is no address. */
  placeOf(expression: Expression): Place | undefined {
    this.countStep();
    switch (expression.kind) {
      case 'field':
        return this.fieldPlace(this.field(expression.name));
      case 'cast': {
        const place = this.placeOf(expression.operand);
        const target = /^(.*?)\s*\*$/.exec(expression.type)?.[1];
        const type = target === undefined ? undefined : integerTypeOf(target, this.context.abi.longSize);
        return place && type ? { ...place, elementSize: type.bits / 8, isSigned: type.isSigned } : place;
      }
      case 'unary':
        return expression.operator === '&' ? this.#addressedPlace(expression.operand) : undefined;
      case 'call': {
        const name = expression.args[0];
        if (!dynamicHelpers.test(expression.name) || name?.kind !== 'name') return undefined;
        return this.dynamicPlace(this.field(name.name));
      }
      case 'binary':
        return this.#offsetPlace(expression);
      default:
        return undefined;
    }
  }

  /** `&REC->field`, `&REC->array[7]` */
  #addressedPlace(operand: Expression): Place | undefined {
    return operand.kind === 'index' ? this.#placeAfter(operand.base, operand.index) : this.placeOf(operand);
  }

  /** `REC->line + 16` */
  #offsetPlace({ operator, left, right }: Expression & { kind: 'binary' }): Place | undefined {
    return this.isTraceCmd || operator !== '+' ? undefined : this.#placeAfter(left, right);
  }

  #placeAfter(base: Expression, count: Expression): Place | undefined {
    const place = count.kind === 'number' ? this.placeOf(base) : undefined;
    if (place === undefined || count.kind !== 'number') return undefined;
    const at = this.source.named(`Math.min(${place.at}+${Number(count.value) * place.elementSize},${place.limit})`);
    return { ...place, at };
  }

  /** The number in element `index` of an array that lies in the record, as if it were a field. */
  elementValue(field: EventField, elementSize: number, index: number): Value | undefined {
    const offset = index * elementSize;
    if (index < 0 || field.location !== 'inline' || offset + elementSize > field.size) return undefined;
    return this.fieldValue({ ...field, offset: field.offset + offset, size: elementSize, isPointer: false });
  }

  fieldPlace(field: EventField): Place {
    const { offset, size } = field;
    const elementSize = this.elementSizeOf(field);
    const limit = size === 0 ? 'e' : `Math.min(s+${offset + size},e)`;
    if (size > 0) this.source.load('', offset + size);
    const plainLimit = size > 0 && !this.source.checked ? `(s+${offset + size})` : limit;
    return { at: `(s+${offset})`, limit: plainLimit, elementSize, isSigned: field.signed, field, isDynamic: false };
  }

  dynamicField(field: EventField): DynamicField {
    return {
      offset: field.offset,
      size: field.size,
      isRelative: field.location === 'rel-loc',
      littleEndian: this.context.abi.littleEndian,
      dropsBeyond: this.isTraceCmd,
    };
  }

  dynamicPlace(field: EventField): Place {
    if (field.location !== 'data-loc' && field.location !== 'rel-loc') return this.fieldPlace(field);
    const constant = this.source.constant(this.dynamicField(field));
    const located = this.source.named(`${this.source.constant(locateDynamic)}(v,s,e,${constant})`);
    const at = this.source.named(`Math.floor(${located}/65536)`);
    const elementSize = this.elementSizeOf(field);
    return { at, limit: `(${at}+${located}%65536)`, elementSize, isSigned: field.signed, field, isDynamic: true };
  }

  /** Bytes of an element; libtraceevent knows few types by name and gives 0 for others. */
  elementSizeOf(field: EventField): number {
    const { longSize } = this.context.abi;
    if (!this.isTraceCmd) return field.elementSize === 'long' ? longSize : field.elementSize;
    const isDynamic = field.location === 'data-loc' || field.location === 'rel-loc';
    if (!field.type.includes('[') && !isDynamic) return field.size;
    const count = Number.parseInt(/(\d*)\]$/.exec(field.type)?.[1] ?? '', 10);
    if (count > 0) return Math.floor(field.size / count);
    if (isDynamic) {
      const word = /(\w+)\s*\[/.exec(field.type)?.[1] ?? '';
      const bits = /^[us](8|16|32|64)$/.exec(word)?.[1];
      return word === 'char' ? 1 : bits === undefined ? 0 : Number(bits) / 8;
    }
    if (/char|u8|s8/.test(field.type)) return 1;
    return field.type.includes('long') ? longSize : 0;
  }
}
