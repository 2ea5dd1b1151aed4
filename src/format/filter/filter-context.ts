/** What the parts of a compiled filter need, and what they are made into. */
import type { CommonHeader } from '../common-header.ts';
import type { EventFormat } from '../event-format.ts';
import type { KernelAbi } from '../kernel-abi.ts';
import type { FilterDialect } from './filter-ast.ts';

export interface FilterContext {
  readonly abi: KernelAbi;
  readonly header: CommonHeader;
  /** Name of a task; what stands for an unknown one, too. */
  commOf(pid: number): string;
  /** Name of the function around an address. */
  readonly functionAt?: ((address: bigint) => string | undefined) | undefined;
}

export interface FilterScope {
  readonly dialect: FilterDialect;
  readonly format: EventFormat;
  readonly context: FilterContext;
}

/** Whether the record bytes[start..end), recorded on `cpu` at `time` (ns), passes; `view` is over the same bytes. */
export type RecordTest = (
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  cpu: number,
  time: bigint,
) => boolean;
