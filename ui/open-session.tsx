/** The interactive session's door: what cli/ opens it with. */
import type { WantedTraces } from '../src/index.ts';
import { Engine } from './app/engine.ts';
import type { EngineHost } from './app/engine-host.ts';
import { terminalSize } from './app/pane-view.ts';
import { App } from './app/run-app.tsx';
import type { ScreenId } from './keys/key-table.ts';
import { chooseStyle, type LookRequest } from './terminal/style.ts';

export interface OpenRequest {
  readonly host: EngineHost;
  readonly screen: ScreenId;
  readonly look: LookRequest;
  /** What to trace from the start on. */
  readonly wanted?: Partial<WantedTraces> | undefined;
  /** The command to trace from its first instruction on. */
  readonly command?: readonly string[] | undefined;
  /** The recording to show. */
  readonly file?: string | undefined;
  /** Filters to begin with, as they are typed. */
  readonly filters?: string | undefined;
  /** Go on while the recording is still being written. */
  readonly follow?: boolean | undefined;
  /** Ends the session from outside. */
  readonly stop: AbortSignal;
}

/** Runs until it is quit; returns the exit status. Throws what keeps it from beginning. */
export async function openSession(request: OpenRequest): Promise<number> {
  const { host, screen, look, wanted, command, file, filters, stop } = request;
  const style = chooseStyle(look);
  const { stdin, stdout } = process;
  const engine = new Engine(host, () => ({
    size: terminalSize('half', { columns: stdout.columns, rows: stdout.rows }),
    term: style.color && style.has256 ? 'xterm-256color' : 'xterm',
  }));
  const leaveClean = () => engine.closeNow();
  process.once('exit', leaveClean);
  try {
    // A file that cannot be read, a function that is not there: said before the screen changes.
    if (file !== undefined) await engine.replay(file);
    else if (wanted !== undefined) await engine.trace(wanted, command);
    // Behind the source: what times mean is the source's to say.
    if (filters) await engine.perform({ kind: 'filters', change: { what: 'add', text: filters } });
    const app = new App({
      engine,
      screen,
      look: style,
      stdin,
      stdout,
      pureInk: process.env.FTUI_PAINTER === '0',
      stop,
      marksFrames: process.env.FTUI_TEST === '1',
      breaksOn: process.env.FTUI_TEST_BREAKS_ON,
    });
    await app.run();
    return 0;
  } finally {
    await engine.close();
    process.removeListener('exit', leaveClean);
  }
}
