/** Branded numbers: the units and handles that must not be mixed up (style rule 14). */

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A point or span of time in nanoseconds, exact; hot paths hold plain number offsets from an origin instead. */
export type Nanoseconds = Branded<bigint, 'Nanoseconds'>;
/** Number of a CPU as the kernel counts them. */
export type CpuId = Branded<number, 'CpuId'>;
/** A kernel task id: what tracefs calls pid and user space calls thread id. */
export type Pid = Branded<number, 'Pid'>;
/** The ID line of an event's `format` file: common_type of its records. */
export type EventId = Branded<number, 'EventId'>;

export const asNanoseconds = (value: bigint): Nanoseconds => value as Nanoseconds;
export const asCpuId = (value: number): CpuId => value as CpuId;
export const asPid = (value: number): Pid => value as Pid;
export const asEventId = (value: number): EventId => value as EventId;
