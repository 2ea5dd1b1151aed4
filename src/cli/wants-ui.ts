/** Whether a command opens its screen or prints. */

import type { LiveOptions } from './live-options.ts';

/** Both ends are a terminal that can be drawn on, and nobody has it read out: plain lines serve them better. */
export function canOpenUi(): boolean {
  const { TERM, INK_SCREEN_READER } = process.env;
  if (TERM === 'dumb' || INK_SCREEN_READER === 'true') return false;
  return process.stdout.isTTY === true && process.stdin.isTTY === true;
}

/**
 * A live command opens its screen in a terminal, unless it was asked for something that is printed. A session with an end
 * of its own (a command, -d, -n) is printed unless --ui.
 */
export function wantsUi(options: LiveOptions): boolean {
  const { json, plain, textPipe, dryRun, output, quiet, ui, command, durationMs, maxEvents } = options;
  if (json || plain || textPipe || dryRun || quiet || output !== undefined) return false;
  const isBounded = command !== undefined || durationMs !== undefined || Number.isFinite(maxEvents);
  return canOpenUi() && (ui || !isBounded);
}
