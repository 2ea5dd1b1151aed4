/** The recorder under a load of system calls, on this kernel and, beside trace-cmd, in a virtual machine (record-load.sh). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface RecorderRow {
  /** Which kernel, how large its buffers, how long. */
  readonly where: string;
  readonly program: string;
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly events: number;
  readonly lost: number;
}

const secondsHere = 5;
/** What starting Node costs shows in a short recording, what recording costs in a long one. */
const guestRuns = [
  { kb: 1408, seconds: 10 },
  { kb: 1408, seconds: 30 },
  { kb: 8192, seconds: 30 },
] as const;
/** The guest keeps its files in memory. */
const guestMegabytes = '8192';
const guestTimeout = '900';
const root = join(import.meta.dirname, '..');
const script = join(import.meta.dirname, 'record-load.sh');
const ftui = join(root, 'bin/ftui');
const kernels = process.env.FTUI_KERNELS ?? join(homedir(), '.cache/ftui/kernels');

/** Rows, and what was left out with the reason. */
export function measureRecorders(): { rows: RecorderRow[]; skipped: string[] } {
  const rows: RecorderRow[] = [];
  const skipped: string[] = [];
  const isRoot = process.getuid?.() === 0;
  if (isRoot)
    rows.push(
      ...run(`this kernel, 64 MB a CPU, ${secondsHere} s`, script, [`${secondsHere}`, '65536', `ftui=${ftui}`]),
    );
  else skipped.push('the recorder on this kernel: it needs root');
  if (existsSync(join(kernels, 'boot'))) {
    const programs = [`ftui=${ftui}`, 'trace-cmd=trace-cmd'];
    for (const { kb, seconds } of guestRuns) {
      const machine = ['-k', '6.12', '-m', guestMegabytes, '-t', guestTimeout, '-d', root];
      const guest = [...machine, '--', 'bash', script, `${seconds}`, `${kb}`, ...programs];
      rows.push(...run(`6.12 emulated, ${kb} KB a CPU, ${seconds} s`, join(root, 'test/kernel/vm'), guest));
    }
  } else {
    skipped.push('the recorder beside trace-cmd: there are no kernels (test/kernel/fetch-kernels)');
  }
  return { rows, skipped };
}

function run(where: string, file: string, args: readonly string[]): RecorderRow[] {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file}: ${stderr.trim()}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [program, cpu, bytes, events, lost] = line.trim().split(' ');
      return {
        where,
        program: program!,
        cpuSeconds: Number(cpu),
        bytes: Number(bytes),
        events: Number(events),
        lost: Number(lost),
      };
    });
}
