/** sched_switch, sched_wakeup and sched_wakeup_new in the form of libtraceevent: `bash:228 [120] S ==> swapper/0:0 [120]`. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { decodeKernelText } from '../../base/text.ts';
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext, WriteEventText } from '../event-text.ts';
import { compileWriter } from '../print-fmt/compile-print-fmt.ts';
import { putDecimal } from '../print-fmt/digits.ts';
import type { Emitter } from '../print-fmt/emitter.ts';
import { encodeKernelText } from '../print-fmt/literal-text.ts';
import { writeText } from '../print-fmt/record-text.ts';
import { lowWord, signedWord } from '../print-fmt/values.ts';

/**
 * Letters of the bits of prev_state, as the plugins of libtraceevent up to 1.7 have them: those of kernels before 4.14.
 * (The plugin of 1.8 takes them from the print fmt; the recorded reports were made with the older one.)
 */
const stateLetters = 'SDTtZXxW';
const remembered = 1024;

/** Has the name of a task learnt; `from` is where the name begins in `out`. */
type LearnComm = (out: ByteWriter, from: number, pid: number) => void;

function commLearner({ learnComm }: EventTextContext): LearnComm | undefined {
  if (learnComm === undefined) return undefined;
  const seen = new Int32Array(remembered).fill(-1);
  return (out, from, pid) => {
    if (seen[pid & (remembered - 1)] === pid) return;
    if (learnComm(pid, () => decodeKernelText(out.written(from)))) seen[pid & (remembered - 1)] = pid;
  };
}

/** All 256 combinations of the low bits: `R`, `S`, `S|D`, ... */
const stateTexts = Array.from({ length: 256 }, (_, state) => {
  const letters = Array.from(stateLetters).filter((_letter, bit) => ((state >> bit) & 1) === 1);
  return encodeKernelText(letters.join('|') || 'R');
});

function putState(into: Uint8Array, at: number, state: number): number {
  const text = stateTexts[state & 255]!;
  for (let index = 0; index < text.length; index += 1) into[at + index] = text[index]!;
  return at + text.length;
}

/** Emits parts of a handler's text. */
class SchedText {
  readonly #emitter: Emitter;
  readonly #learn: LearnComm | undefined;

  constructor(emitter: Emitter, learn: LearnComm | undefined) {
    this.#emitter = emitter;
    this.#learn = learn;
  }

  literal(text: string): void {
    this.#emitter.literal(encodeKernelText(text));
  }

  /** `comm:`, where the event has the field; `pid` is code. */
  comm(name: string, pid: string): void {
    const { scope, source } = this.#emitter;
    const field = scope.format.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return;
    this.#emitter.calling(() => {
      const { at, limit } = scope.fieldPlace(field);
      source.line(`${source.constant(writeText)}(out,b,${at},${limit});`);
      if (this.#learn !== undefined) source.line(`${source.constant(this.#learn)}(out,p,${pid});`);
    });
    this.literal(':');
  }

  /** Code of a field's unsigned or signed 32 bits. */
  number(name: string, isSigned = false): string {
    const { scope, source } = this.#emitter;
    const value = scope.fieldValue(scope.field(name));
    return source.named(isSigned ? signedWord(value) : lowWord(value));
  }

  decimal(code: string): void {
    this.#emitter.direct(21, `p=${this.#emitter.source.constant(putDecimal)}(t,p,${code});`);
  }

  state(name: string): void {
    this.#emitter.direct(16, `p=${this.#emitter.source.constant(putState)}(t,p,${this.number(name)});`);
  }
}

function hasFields(format: EventFormat, names: readonly string[]): boolean {
  return names.every((name) => format.fields.some((field) => field.name === name));
}

export function schedSwitchWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  if (!hasFields(format, ['prev_pid', 'prev_prio', 'prev_state', 'next_pid', 'next_prio'])) return undefined;
  const learn = commLearner(context);
  return compileWriter(format, context, (emitter) => {
    const text = new SchedText(emitter, learn);
    const previous = text.number('prev_pid');
    text.comm('prev_comm', previous);
    text.decimal(previous);
    text.literal(' [');
    text.decimal(text.number('prev_prio', true));
    text.literal('] ');
    text.state('prev_state');
    text.literal(' ==> ');
    const next = text.number('next_pid');
    text.comm('next_comm', next);
    text.decimal(next);
    text.literal(' [');
    text.decimal(text.number('next_prio', true));
    text.literal(']');
  });
}

export function schedWakeupWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  if (!hasFields(format, ['pid', 'prio'])) return undefined;
  const learn = commLearner(context);
  return compileWriter(format, context, (emitter) => {
    const text = new SchedText(emitter, learn);
    const pid = text.number('pid');
    text.comm('comm', pid);
    text.decimal(pid);
    text.literal(' [');
    text.decimal(text.number('prio'));
    text.literal(']');
    if (hasFields(format, ['success'])) {
      text.literal(' success=');
      text.decimal(text.number('success'));
    }
    if (!hasFields(format, ['target_cpu'])) return;
    text.literal(' CPU:');
    const cpu = text.number('target_cpu');
    emitter.direct(2, `if(${cpu}<100)t[p++]=48;if(${cpu}<10)t[p++]=48;`);
    text.decimal(cpu);
  });
}
