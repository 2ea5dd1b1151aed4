/** The recorder under a load of system calls, on this kernel and, beside trace-cmd, in a virtual machine (record-load.sh). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface RecorderRow {
  readonly where: string;
  readonly program: string;
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly events: number;
  readonly lost: number;
}

const seconds = 5;
const root = join(import.meta.dirname, '..');
const script = join(import.meta.dirname, 'record-load.sh');
const ftui = join(root, 'bin/ftui');
const kernels = process.env.FTUI_KERNELS ?? join(homedir(), '.cache/ftui/kernels');

/** Rows, and what was left out with the reason. */
export function measureRecorders(): { rows: RecorderRow[]; skipped: string[] } {
  const rows: RecorderRow[] = [];
  const skipped: string[] = [];
  const isRoot = process.getuid?.() === 0;
  if (isRoot) rows.push(...run('this kernel, 64 MB a CPU', script, [String(seconds), '65536', `ftui=${ftui}`]));
  else skipped.push('the recorder on this kernel: it needs root');
  if (existsSync(join(kernels, 'boot'))) {
    const programs = [`ftui=${ftui}`, 'trace-cmd=trace-cmd'];
    for (const kb of ['1408', '8192']) {
      const guest = ['-k', '6.12', '-d', root, '--', 'bash', script, String(seconds), kb, ...programs];
      rows.push(...run(`6.12 emulated, ${kb} KB a CPU`, join(root, 'test/kernel/vm'), guest));
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
