/** Tracefs back to its defaults by plain shell lines, after a scenario that left it changed: the next one is not to suffer. */
import { spawnSync } from 'node:child_process';

const lines = `
  for instance in instances/*/; do echo 0 > "$instance/events/enable"; echo nop > "$instance/current_tracer"; rmdir "$instance"; done
  echo 0 > events/enable; echo nop > current_tracer; echo > dynamic_events; echo > kprobe_events; echo > uprobe_events
  for file in set_event_pid set_event_notrace_pid set_ftrace_filter set_ftrace_notrace set_ftrace_pid set_ftrace_notrace_pid \\
    set_graph_function set_graph_notrace trace; do : > $file; done
  echo 0 > max_graph_depth; echo 0 > tracing_thresh; echo ffffffff > tracing_cpumask; echo 128 > saved_cmdlines_size
  for option in event-fork function-fork sym-addr sym-offset stacktrace; do echo 0 > options/$option; done
  echo 1 > options/overwrite; echo local > trace_clock; echo 1408 > buffer_size_kb; echo 1 > tracing_on
  rm -rf /run/ftui`;

/** Best effort: files that this kernel does not have are passed over. */
export function cleanTracefs(tracefs: string): void {
  spawnSync('bash', ['-c', lines], { cwd: tracefs, stdio: 'ignore' });
}
