/**
 * The irq-info columns (trace_print_lat_fmt in kernel/trace/trace_output.c) back to common_flags and
 * common_preempt_count. Kernels print 4 of them (up to 5.15), 5 (with migrate-disable), real-time ones up to 7.
 */
import { traceFlag } from '../../format/common-header.ts';

interface TraceFlags {
  readonly flags: number;
  readonly preemptCount: number;
}

export type FlagColumn = 'irqs' | 'resched' | 'lazy-resched' | 'interrupt' | 'depth' | 'lazy-depth' | 'migrate';

const columnsByCount: ReadonlyMap<number, readonly FlagColumn[]> = new Map([
  [4, ['irqs', 'resched', 'interrupt', 'depth']],
  [5, ['irqs', 'resched', 'interrupt', 'depth', 'migrate']],
  [6, ['irqs', 'resched', 'interrupt', 'depth', 'lazy-depth', 'migrate']],
  [7, ['irqs', 'resched', 'lazy-resched', 'interrupt', 'depth', 'lazy-depth', 'migrate']],
]);

const { interruptsOff, bottomHalvesOff, needReschedule, needRescheduleLazy, preemptReschedule } = traceFlag;
const { hardInterrupt, softInterrupt, nonMaskableInterrupt } = traceFlag;

/** Bits by letter. `X` stands for "this machine cannot tell", a bit of its own that lazy rescheduling took over. */
const letterBits: Readonly<Record<Exclude<FlagColumn, 'depth' | 'lazy-depth' | 'migrate'>, Record<string, number>>> = {
  irqs: { '.': 0, d: interruptsOff, b: bottomHalvesOff, D: interruptsOff | bottomHalvesOff, X: needRescheduleLazy },
  resched: {
    '.': 0,
    N: needReschedule | preemptReschedule,
    n: needReschedule,
    p: preemptReschedule,
    B: needReschedule | needRescheduleLazy | preemptReschedule,
    b: needReschedule | needRescheduleLazy,
    L: needRescheduleLazy | preemptReschedule,
    l: needRescheduleLazy,
  },
  'lazy-resched': { '.': 0, L: needRescheduleLazy, l: needRescheduleLazy, n: needRescheduleLazy },
  interrupt: {
    '.': 0,
    h: hardInterrupt,
    s: softInterrupt,
    H: hardInterrupt | softInterrupt,
    z: nonMaskableInterrupt,
    Z: nonMaskableInterrupt | hardInterrupt,
  },
};

const known = new Map<string, TraceFlags | undefined>();
/** Texts of the columns differ little; a damaged file must not grow the table for ever. */
const knownLimit = 4096;

/** `d.h1.` as bits; undefined when it is no such text. `columns` says what each is where the header named them. */
export function parseFlagColumns(text: string, columns?: readonly FlagColumn[]): TraceFlags | undefined {
  if (columns && columns.length === text.length) return parseBy(text, columns);
  const cached = known.get(text);
  if (cached !== undefined || known.has(text)) return cached;
  const usual = columnsByCount.get(text.length);
  const parsed = usual && parseBy(text, usual);
  if (known.size < knownLimit) known.set(Buffer.from(text, 'latin1').toString('latin1'), parsed);
  return parsed;
}

function parseBy(text: string, columns: readonly FlagColumn[]): TraceFlags | undefined {
  let flags = 0;
  let preemptCount = 0;
  for (const [index, column] of columns.entries()) {
    const letter = text[index]!;
    if (column === 'depth' || column === 'lazy-depth' || column === 'migrate') {
      const depth = letter === '.' ? 0 : Number.parseInt(letter, 16);
      if (Number.isNaN(depth)) return undefined;
      if (column === 'depth') preemptCount |= depth;
      if (column === 'migrate') preemptCount |= depth << 4;
    } else {
      const bits = letterBits[column][letter];
      if (bits === undefined) return undefined;
      flags |= bits;
    }
  }
  return { flags, preemptCount };
}

/**
 * The columns that a header draws, `_-----=> irqs-off` and so on from top to bottom; undefined when it draws none, or the
 * usual ones of their number.
 */
export function parseFlagHeader(header: readonly string[]): readonly FlagColumn[] | undefined {
  const columns = header.flatMap((line): FlagColumn[] => {
    const name = /_-+=> (\S+)/.exec(line)?.[1];
    if (name === undefined || name === 'CPU#') return [];
    if (name.startsWith('irqs-off')) return ['irqs'];
    if (name.startsWith('need-resched')) return [/lazy/.test(name) ? 'lazy-resched' : 'resched'];
    if (name.startsWith('hardirq')) return ['interrupt'];
    if (name.startsWith('preempt-lazy')) return ['lazy-depth'];
    if (name.startsWith('preempt-depth')) return ['depth'];
    return name.startsWith('migrate') ? ['migrate'] : [];
  });
  // The usual ones are known by their number, and cached.
  const isUsual = columns.join() === columnsByCount.get(columns.length)?.join();
  return columns.length === 0 || isUsual ? undefined : columns;
}
