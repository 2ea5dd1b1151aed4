/** What the interactive session needs of the program that opens it: where the kernel is, where files go. */
import type {
  Catalogue,
  Diagnosis,
  InteractiveSession,
  ProbeEvent,
  RecentRecordings,
  RecordingSession,
} from '../../src/index.ts';

export interface EngineHost {
  /** `running kernel 6.12.9`, for the header of Home. */
  readonly kernel: string;
  readonly recent: RecentRecordings;
  diagnose(): Diagnosis;
  /** Throws FtuiError where tracing is not possible. */
  openSession(command?: readonly string[]): InteractiveSession;
  /** A session on the simulated kernel, which plays the bundled recording of these functions. */
  openDemo(): Promise<{ readonly session: InteractiveSession; readonly functions: readonly string[]; dispose(): void }>;
  openCatalogue(): Catalogue;
  openRecording(file: string): RecordingSession;
  /** `kprobe FUNC ARG...` or `uprobe BINARY SYMBOL ARG...` to probes. */
  resolveProbe(
    words: readonly string[],
  ): Promise<{ readonly probes: readonly ProbeEvent[]; readonly notes: readonly string[] }>;
  /** What functions of the kernel return and take, as C writes it; those that no type information has are left out. */
  prototypesOf(functions: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** A name for a recording that does not exist yet. */
  newRecordingName(): string;
  writeFile(file: string, content: string): Promise<void>;
  /** Opens the user's editor; tells what came of it. */
  edit(file: string, line: number): Promise<string>;
}
