/**
 * Before any test: dist/ is built when it is older than what it is made of. Not always, because test runs at the same
 * time would take it away from under each other.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = ['src', 'ui', 'build.ts', 'package.json', 'package-lock.json'];

export default function setup(): void {
  if (builtAt() > Math.max(...sources.map((name) => newestChange(join(root, name))))) return;
  execFileSync(process.execPath, ['build.ts'], { cwd: root, stdio: 'inherit' });
}

/** 0 when it is not built, or only half. */
function builtAt(): number {
  const entries = ['dist/ftui.js', 'dist/index.js'].map((name) =>
    statSync(join(root, name), { throwIfNoEntry: false }),
  );
  return Math.min(...entries.map((entry) => entry?.mtimeMs ?? 0));
}

/** When a file, or a folder or anything below it, was last changed; folders count, so that a removed file does, too. */
function newestChange(path: string): number {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}
