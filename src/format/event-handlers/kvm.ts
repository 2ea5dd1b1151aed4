/** KVM's events in the form of libtraceevent's plugin. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext } from '../event-text.ts';
import { putUnsigned64 } from '../print-fmt/digits.ts';
import type { EventHandler } from './event-handler.ts';
import { svmReasons, vmxReasons } from './kvm-exits.ts';
import { type NumberField, numberField } from './number-field.ts';

/** What a step writes from; a step that answers false ends the text, and the print fmt follows. */
interface Step {
  readonly needs: number;
  readonly write: (out: ByteWriter, view: DataView, start: number, bytes: Uint8Array) => boolean;
}

/** Writes the steps one after the other. */
function stepsHandler(steps: readonly Step[]): EventHandler {
  const needed = Math.max(...steps.map(({ needs }) => needs));
  return {
    alone: false,
    write(out, bytes, view, start, end) {
      if (start + needed > end) return true;
      return !steps.every(({ write }) => write(out, view, start, bytes));
    },
  };
}

class KvmSteps {
  readonly #format: EventFormat;
  readonly #context: EventTextContext;

  constructor(format: EventFormat, context: EventTextContext) {
    this.#format = format;
    this.#context = context;
  }

  field(name: string): NumberField | undefined {
    return numberField(this.#format, this.#context.abi, name);
  }

  hasField(name: string): boolean {
    return this.#format.fields.some((field) => field.name === name);
  }

  text(text: string): Step {
    return {
      needs: 0,
      write: (out) => {
        out.text(text);
        return true;
      },
    };
  }

  /** A number that the text cannot go on without. */
  required(name: string, write: (out: ByteWriter, high: number, low: number) => void): Step {
    const field = this.field(name);
    if (field === undefined) return missing(name);
    return {
      needs: field.end,
      write: (out, view, start) => {
        write(out, field.high(view, start), field.low(view, start));
        return true;
      },
    };
  }

  hex(label: string, name: string): Step {
    return this.required(name, (out, high, low) => {
      out.text(label);
      out.hex(high, low);
    });
  }

  /** A number without which the text goes on. */
  optional(label: string, name: string, inHex: boolean, after = ''): Step {
    const field = this.field(name);
    if (field === undefined) return this.text(`CAN'T FIND FIELD "${name}"`);
    return {
      needs: field.end,
      write: (out, view, start) => {
        out.text(label);
        if (inHex) out.hex(field.high(view, start), field.low(view, start));
        else out.decimal(field.low(view, start));
        out.text(after);
        return true;
      },
    };
  }

  reason(name: string): Step {
    const isa = this.field('isa');
    const reason = this.field(name);
    if (reason === undefined) return missing(name);
    return {
      needs: Math.max(reason.end, isa?.end ?? 0),
      write: (out, view, start) => {
        writeReason(out, isa === undefined ? 1 : isa.low(view, start), reason, view, start);
        return true;
      },
    };
  }
}

/** libtraceevent says what it misses, and the print fmt follows. */
function missing(name: string): Step {
  return {
    needs: 0,
    write: (out) => {
      out.text(`<CANT FIND FIELD ${name}>`);
      return false;
    },
  };
}

function writeReason(out: ByteWriter, isa: number, field: NumberField, view: DataView, start: number): void {
  const low = field.low(view, start);
  const reasons = isa === 1 ? vmxReasons : isa === 2 ? svmReasons : undefined;
  const name = reasons === undefined ? 'UNKNOWN-ISA' : reasons.get(low | 0);
  if (name !== undefined) return out.text(`reason ${name}`);
  out.text('reason UNKNOWN (');
  out.reserve(24);
  out.length = putUnsigned64(out.bytes, out.length, field.high(view, start), low);
  out.text(')');
}

export function kvmExitHandler(format: EventFormat, context: EventTextContext): EventHandler {
  const steps = new KvmSteps(format, context);
  const hasInfo = steps.hasField('info1') && steps.hasField('info2');
  return stepsHandler([
    steps.reason('exit_reason'),
    steps.hex(' rip 0x', 'guest_rip'),
    ...(hasInfo ? [steps.hex(' info ', 'info1'), steps.hex(' ', 'info2')] : []),
  ]);
}

export function kvmEntryHandler(format: EventFormat, context: EventTextContext): EventHandler {
  const steps = new KvmSteps(format, context);
  return stepsHandler([steps.optional(' vcpu ', 'vcpu_id', false), steps.hex(' rip 0x', 'rip')]);
}

export function kvmNestedExitHandler(format: EventFormat, context: EventTextContext): EventHandler {
  const steps = new KvmSteps(format, context);
  const injected = [
    steps.reason('exit_code'),
    steps.optional(' info1 ', 'exit_info1', true),
    steps.optional(' info2 ', 'exit_info2', true),
    steps.optional(' int_info ', 'exit_int_info', true),
    steps.optional(' int_info_err ', 'exit_int_info_err', true),
  ];
  return stepsHandler(format.name === 'kvm_nested_vmexit' ? [steps.hex(' rip ', 'rip'), ...injected] : injected);
}

export function kvmInstructionHandler(format: EventFormat, context: EventTextContext): EventHandler | undefined {
  const steps = new KvmSteps(format, context);
  const instruction = format.fields.find(({ name }) => name === 'insn');
  const length = steps.field('len');
  const failed = steps.field('failed');
  if (instruction === undefined || length === undefined || failed === undefined) return undefined;
  const bytesStep: Step = {
    needs: Math.max(instruction.offset + instruction.size, length.end, failed.end),
    write: (out, view, start, bytes) => {
      const count = Math.min(length.low(view, start), instruction.size);
      for (let index = 0; index < count; index += 1) {
        if (index > 0) out.text(' ');
        out.hex(0, bytes[start + instruction.offset + index]!, 2, 0x30);
      }
      if (failed.low(view, start) !== 0) out.text(' FAIL');
      return true;
    },
  };
  return stepsHandler([steps.hex('', 'csbase'), steps.hex(':', 'rip'), steps.text(': '), bytesStep]);
}

const accesses = ['---', '--x', 'w--', 'w-x', '-u-', '-ux', 'wu-', 'wux'];

/** The bits of a shadow page's role, as kernels before 5.0 laid them out. */
function writeRole(out: ByteWriter, role: number, isLittleEndian: boolean): void {
  if (!isLittleEndian) {
    out.text('WORD: ');
    return out.hex(0, role, 8, 0x30);
  }
  const bit = (at: number): boolean => ((role >>> at) & 1) === 1;
  out.text(`${role & 15} q${(role >>> 5) & 3}${bit(7) ? ' direct' : ''} ${accesses[(role >>> 8) & 7]}`);
  out.text(`${bit(11) ? ' invalid' : ''} ${bit(4) ? '' : '!'}pae ${bit(12) ? '' : '!'}nxe ${bit(13) ? '' : '!'}wp`);
  out.text(`${bit(14) ? ' smep' : ''}${bit(15) ? ' smap' : ''}${role >>> 24 ? ' smm' : ''}`);
}

export function kvmPageHandler(format: EventFormat, context: EventTextContext): EventHandler {
  const steps = new KvmSteps(format, context);
  const created = steps.required('created', (out, _high, low) => out.text(low === 0 ? 'existing ' : 'new '));
  const frame = steps.required('gfn', (out, high, low) => {
    out.text('sp gfn ');
    out.hex(high, low);
    out.text(' ');
  });
  return stepsHandler([
    ...(format.name === 'kvm_mmu_get_page' ? [created, frame] : []),
    steps.required('role', (out, _high, low) => writeRole(out, low, context.abi.littleEndian)),
    steps.optional(' root ', 'root_count', false, ' '),
    steps.required('unsync', (out, _high, low) => out.text(low === 0 ? 'sync' : 'unsync')),
  ]);
}
