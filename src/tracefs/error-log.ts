/**
 * tracefs's error_log: the last eight refusals, kernel/trace/trace.c `tracing_log_err`. It is never cleared by ftui and
 * goes stale, so an entry belongs to a write only when it was not there before that write.
 *
 *     [  117.404295] hist:sched:sched_wakeup: error: Couldn't find field
 *       Command: hist:keys=pidx
 *                          ^
 */

interface ErrorLogEntry {
  /** The seconds in brackets, as printed: together with the text it tells entries apart. */
  readonly stamp: string;
  /** The whole entry without the stamp: location, message, command and caret lines. */
  readonly text: string;
}

/** All entries of an error_log text, oldest first. */
export function parseErrorLog(text: string): ErrorLogEntry[] {
  const entries: { stamp: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const head = /^\[\s*(\d+\.\d+)\] (.*)$/.exec(line);
    if (head !== null) entries.push({ stamp: head[1]!, lines: [head[2]!] });
    else if (line !== '') entries.at(-1)?.lines.push(line);
  }
  return entries.map(({ stamp, lines }) => ({ stamp, text: lines.join('\n') }));
}

/** What `after` says that `before` did not: the message of the write between the two readings, or undefined. */
export function findNewErrorText(before: string, after: string): string | undefined {
  const known = new Set(parseErrorLog(before).map(entryKey));
  const fresh = parseErrorLog(after).filter((entry) => !known.has(entryKey(entry)));
  return fresh.at(-1)?.text;
}

function entryKey({ stamp, text }: ErrorLogEntry): string {
  return `${stamp} ${text}`;
}
