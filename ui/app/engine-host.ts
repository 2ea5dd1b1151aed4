/** What the interactive session needs of the program that opens it: where the kernel is, where files go. */
import type {
  Catalogue,
  CommandInTerminal,
  Diagnosis,
  InteractiveSession,
  ProbeEvent,
  RecentRecordings,
  RecordingSession,
  SourcePlaceFound,
  SourceSubject,
  TerminalRequest,
} from '../../src/index.ts';

/** The running kernel, or another by its release; undefined where nobody knows. */
export type KernelOfSource = 'running' | { readonly release: string } | undefined;

/** A command that is to have a terminal of its own. */
export interface CommandHolder {
  readonly request: Omit<TerminalRequest, 'user'>;
  /** The command waits in its terminal. */
  attach(command: CommandInTerminal): void;
}

export interface EngineHost {
  readonly recent: RecentRecordings;
  diagnose(): Diagnosis;
  /** Whether commands write anything: those of a recording do not. */
  readonly hasPanes: boolean;
  /** A session that `command` is for; `pane` holds its terminal. Throws FtuiError where tracing is not possible. */
  openSession(command?: readonly string[], pane?: CommandHolder): InteractiveSession;
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
  /** Where the code of something is in the source; rejects with FtuiError where that is not known. */
  findSource(subject: SourceSubject, kernel: KernelOfSource): Promise<SourcePlaceFound>;
  /** Opens the user's editor on this terminal and waits for its end; tells what came of it. Throws UsageError. */
  edit(file: string, line: number): string;
}
