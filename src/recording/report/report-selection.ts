/** What a report shows of a recording: CPUs, tasks, events, time, interrupts. */
import { readCommonFlags, readCommonPid, traceFlag } from '../../format/common-header.ts';
import { type CpuRecords, findPageAt } from '../trace-dat/cpu-records.ts';
import type { TraceDat } from '../trace-dat/trace-dat.ts';
import type { ReportOptions } from './report-options.ts';

export class ReportSelection {
  readonly #recording: TraceDat;
  readonly #options: ReportOptions;
  readonly #hiddenFlags: number;
  readonly #takesAll: boolean;
  readonly #pids: ReadonlySet<number> | undefined;

  constructor(options: ReportOptions, recording: TraceDat) {
    const { selection, hideHardInterrupts, hideSoftInterrupts } = options;
    this.#recording = recording;
    this.#options = options;
    this.#hiddenFlags =
      (hideHardInterrupts ? traceFlag.hardInterrupt : 0) | (hideSoftInterrupts ? traceFlag.softInterrupt : 0);
    this.#pids = chosenPids(options, recording);
    this.#takesAll =
      this.#hiddenFlags === 0 &&
      this.#pids === undefined &&
      selection.cpus === undefined &&
      selection.from === undefined &&
      selection.to === undefined;
  }

  /** The buffers that are wanted, at the page where the wanted records begin, and the prefix of their lines. */
  openBuffers(): { cpus: readonly CpuRecords[]; prefix: Uint8Array }[] {
    const { instance, from } = this.#options.selection;
    const buffers = this.#recording.openBuffers();
    const width = Math.max(...buffers.map(({ name }) => name.length), 0);
    const hasInstances = buffers.some(({ name }) => name !== '');
    return buffers
      .filter(({ name }) => instance === undefined || name === instance)
      .map(({ name, cpus }) => {
        for (const cpu of cpus) {
          cpu.onDamage = (page, why) =>
            this.#recording.addProblem(
              `${name === '' ? '' : `instance ${name}, `}CPU ${cpu.cpu}, page ${page}: ${why}`,
            );
          cpu.seek(from === undefined ? 0 : findPageAt(cpu, from));
        }
        const prefix = hasInstances ? `${name.padStart(width)}${name === '' ? '  ' : ': '}` : '';
        return { cpus, prefix: Buffer.from(prefix, 'latin1') };
      });
  }

  wantsEvent(system: string | undefined, name: string): boolean {
    return this.#options.selection.wantsEvent?.(system, name) ?? true;
  }

  /** Whether the current record is wanted, by everything but its event. */
  wants(records: CpuRecords): boolean {
    if (this.#takesAll) return true;
    const { selection } = this.#options;
    const { bytes, start, time, cpu } = records;
    const { header } = this.#recording;
    if (selection.from !== undefined && time < selection.from) return false;
    if (selection.to !== undefined && time >= selection.to) return false;
    if (selection.cpus !== undefined && !selection.cpus.has(cpu)) return false;
    if (this.#hiddenFlags !== 0 && (readCommonFlags(header, bytes, start) & this.#hiddenFlags) !== 0) return false;
    return this.#pids === undefined || this.#pids.has(readCommonPid(header, bytes, start));
  }
}

/** Pids by number or by name; undefined takes all. */
function chosenPids(
  { selection: { pids, comms } }: ReportOptions,
  { taskNames }: TraceDat,
): ReadonlySet<number> | undefined {
  if (comms === undefined) return pids;
  const named = [...taskNames].filter(([, name]) => comms.has(name)).map(([pid]) => pid);
  return new Set([...(pids ?? []), ...named, ...(comms.has('<idle>') ? [0] : [])]);
}
