/** Names of what a session creates in tracefs: they tell which process it belongs to. */

/** `instances/ftui-PID`. */
export function sessionInstance(pid = process.pid): string {
  return `ftui-${pid}`;
}

/** The group of the session's probes: `events/ftui_PID`. */
export function sessionGroup(pid = process.pid): string {
  return `ftui_${pid}`;
}

/** The instance in which calls of similarly named functions are counted for a moment. */
export function siblingInstance(pid = process.pid): string {
  return `${sessionInstance(pid)}-siblings`;
}
