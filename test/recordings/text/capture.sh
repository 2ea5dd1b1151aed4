#!/bin/bash
# capture.sh FILE [TRACEFS]: run as root on the kernel to capture from (a fresh boot: settings are not restored; or TRACEFS
# is the folder of an instance, for what instances can). Writes FILE.zst: what the `trace` file says of the same few
# recordings in many layouts, each behind a line `%%% NAME`. README.md tells what each is.
set -u
t=${2:-/sys/kernel/tracing}; target=$1; out=$(mktemp -d)
put() { printf '%s\n' "$2" > "$t/$1" 2>/dev/null; }
option() { [ -e "$t/options/${1#no}" ] && case $1 in no*) put "options/${1#no}" 0;; *) put "options/$1" 1;; esac; }
# Options that some kernels lack are asked for first.
has() { [ -e "$t/options/$1" ]; }
clean() {
  # An instance has no function tracers.
  [ -e "$t/set_ftrace_filter" ] || { put tracing_on 0; : > "$t/set_event"; put trace_clock local; : > "$t/trace"; return; }
  put tracing_on 0; put current_tracer nop; : > "$t/set_event"; : > "$t/set_ftrace_filter"; : > "$t/set_graph_function"
  put max_graph_depth 0; : > "$t/set_ftrace_pid" 2>/dev/null; put trace_clock local; : > "$t/trace"
}
# named COMM: becomes a child whose name is COMM, and opens a file.
named() { ( printf "$1" > "/proc/$BASHPID/comm"; read -r _ < /etc/hostname; printf 'in %s' "$1" > "$t/trace_marker"; read -r _ < /etc/passwd ); }
# renamed COMM, write TEXT: the same by one system call each, for what holds line breaks.
renamed() { perl -e '$0 = $ARGV[0] =~ s/\\n/\n/gr; open F, "<", "/etc/hostname"; exit 0' -- "$1"; }
write() { perl -e 'open F, ">", shift; syswrite F, $ARGV[0] =~ s/\\n/\n/gr' "$t/trace_marker" "$1"; }
hostile() {
  named 'two words'; named 'a-1 [001] b'; named ' lead-7'; named 'x) | y'; named '(-12)'; named '<...>'
  renamed "a\nb"; renamed "-1 [000] 2.0: x"; named 'x-1   [000] 1.0'; named '\xc3\xa9\xc3\xa9 \xff'; named 'tail '; named ':'; named 'fifteen-bytes-1'
}
markers() {
  printf 'plain text' > "$t/trace_marker"
  printf '           <...>-1       [001] .....     1.000000: sched_switch: prev_comm=fake' > "$t/trace_marker"
  write 'two\n lines\n'; write 'one\n\n => frame\n# tracer: none\nCPU:7 [LOST EVENTS]x'; printf 'vfs_open <-nobody' > "$t/trace_marker"
  printf 'CPU:0 [LOST 5 EVENTS]' > "$t/trace_marker"; printf ' 0)   1.000 us    |  fake();' > "$t/trace_marker"
  printf '# comment */ }' > "$t/trace_marker"; printf '' > "$t/trace_marker"; printf 'bytes \xff\xfe \x1b[31m' > "$t/trace_marker"
}
entries() { cat "$t"/per_cpu/cpu*/stats | awk '$1 == "entries:" { n += $2 } END { print n }'; }
# layout NAME OPTION...: the trace with these options on, which are put back after.
layout() {
  local name=$1 o; shift
  for o in "$@"; do has "${o#no}" || return; done
  for o in "$@"; do option "$o"; done
  cat "$t/trace" > "$out/$name.txt"
  for o in "$@"; do case $o in no*) option "${o#no}";; *) option "no$o";; esac; done
}
finish() {
  cd "$out"
  for file in *.txt; do [ ! -s "$file" ] || { echo "%%% ${file%.txt}"; cat "$file"; }; done | zstd -qf -19 -o "$target.zst"
  rm -r "$out"
}
uname -r > "$out/about.txt"; cat "$t/available_tracers" >> "$out/about.txt"
put buffer_size_kb 256; put events/enable 0
# Only what this script does, wherever it runs.
put set_event_pid $$; option event-fork

clean; option record-tgid
for e in sched/sched_process_fork sched/sched_process_exit sched/sched_wakeup_new; do put "events/$e/enable" 1; done
put events/sched/sched_process_exit/trigger 'stacktrace:3'
put tracing_on 1; markers; hostile; /bin/true; put tracing_on 0
put events/sched/sched_process_exit/trigger '!stacktrace:3'; put events/enable 0
echo "events entries $(entries)" >> "$out/about.txt"
layout events-tgid
option norecord-tgid
layout events-default; layout events-noirq noirq-info; layout events-latency latency-format; layout events-verbose latency-format verbose
layout events-raw raw; layout events-hex hex; layout events-nocontext nocontext-info; layout events-fields fields
layout events-symbols sym-offset sym-addr; option record-tgid; layout events-tgid-noirq noirq-info; option norecord-tgid
for clock in counter x86-tsc uptime; do
  clean; put trace_clock $clock; put events/sched/sched_process_fork/enable 1; put tracing_on 1; /bin/true; /bin/true; put tracing_on 0; put events/enable 0
  layout "clock-$clock"; layout "clock-$clock-latency" latency-format
done
# User stacks; irq flags.
clean; option userstacktrace; option sym-userobj; option stacktrace
put events/sched/sched_process_fork/enable 1; put tracing_on 1; /bin/true; put tracing_on 0; put events/enable 0
layout stacks; layout stacks-latency latency-format; layout stacks-nouserobj nosym-userobj
option nouserstacktrace; option nosym-userobj; option nostacktrace
clean; put events/irq/enable 1; put events/timer/hrtimer_expire_entry/enable 1; put events/sched/sched_waking/enable 1
put tracing_on 1; for i in 1 2 3; do read -r _ < /etc/hostname; sleep 0.01; done; put tracing_on 0; put events/enable 0
layout irqs; sed -i 80q "$out/irqs.txt"

done_if_instance() { [ -e "$t/set_graph_function" ] || { put set_event_pid ''; finish; exit; }; }
# The function tracer.
done_if_instance
clean; for f in do_sys_openat2 vfs_open vfs_read ovl_open ovl_read_iter; do echo $f >> "$t/set_ftrace_filter"; done
put current_tracer function; : > "$t/trace"; put tracing_on 1; named 'two words'; printf 'vfs_open <-nobody' > "$t/trace_marker"; put tracing_on 0
echo "function entries $(entries)" >> "$out/about.txt"
layout function; layout function-latency latency-format; layout function-symbols sym-offset sym-addr; layout function-noparent noprint-parent
layout function-verbose verbose latency-format; layout function-raw raw; layout function-noirq noirq-info
if has func-args; then
  option func-args; : > "$t/trace"; put tracing_on 1; named 'two words'; put tracing_on 0
  layout function-args; option nofunc-args
fi
clean; echo vfs_open > "$t/set_ftrace_filter"; put current_tracer function; option func_stack_trace
: > "$t/trace"; put tracing_on 1; read -r _ < /etc/hostname; put tracing_on 0; layout function-stack; option nofunc_stack_trace

# function_graph: one recording, every combination of its columns.
graph_recording() {
  clean; echo do_sys_openat2 > "$t/set_graph_function"; put max_graph_depth ${1:-3}; put current_tracer function_graph
  : > "$t/trace"; put events/sched/sched_switch/enable 1; put events/sched/sched_process_exit/enable 1; put tracing_on 1
  printf 'plain text' > "$t/trace_marker"; named 'x) | y'; write ' two\n lines '; write 'a */\n 0)   1.000 us    |  fake();'; /bin/true
  put tracing_on 0; put events/enable 0
}
graph_recording 3
echo "graph entries $(entries)" >> "$out/about.txt"
layout graph-default; layout graph-all funcgraph-abstime funcgraph-proc funcgraph-tail; layout graph-task nofuncgraph-cpu funcgraph-abstime funcgraph-proc
small_graph() {
  clean; for f in do_sys_openat2; do echo $f >> "$t/set_graph_function"; done; put max_graph_depth 2; for f in getname_flags do_file_open do_filp_open putname; do echo $f >> "$t/set_ftrace_filter"; done 2>/dev/null
  echo do_sys_openat2 >> "$t/set_ftrace_filter"; put current_tracer function_graph; : > "$t/trace"; put events/sched/sched_wakeup_new/enable 1; put events/sched/sched_process_exit/enable 1
  put tracing_on 1; ( printf 'x) | y' > "/proc/$BASHPID/comm" ); read -r _ < /etc/hostname; put tracing_on 0; put events/enable 0
}
small_graph; echo "graph-layouts entries $(entries)" >> "$out/about.txt"
: > "$out/graph-layouts.txt"
for abstime in nofuncgraph-abstime funcgraph-abstime; do for cpu in nofuncgraph-cpu funcgraph-cpu; do
for proc in nofuncgraph-proc funcgraph-proc; do for duration in nofuncgraph-duration funcgraph-duration; do
for overhead in nofuncgraph-overhead funcgraph-overhead; do for tail in nofuncgraph-tail funcgraph-tail; do
for latency in nolatency-format latency-format; do
  for o in $abstime $cpu $proc $duration $overhead $tail $latency; do option $o; done
  echo "%% $abstime $cpu $proc $duration $overhead $tail $latency"; cat "$t/trace"
done; done; done; done; done; done; done > "$out/graph-layouts.txt"
for o in nofuncgraph-abstime funcgraph-cpu nofuncgraph-proc funcgraph-duration funcgraph-overhead nofuncgraph-tail nolatency-format; do option $o; done
layout graph-nocontext nocontext-info; layout graph-overrun funcgraph-overrun; layout graph-verbose verbose latency-format
layout graph-raw raw; layout graph-hex hex
for o in funcgraph-args funcgraph-retaddr funcgraph-retval; do
  has $o || continue; option $o; graph_recording 2; layout graph-${o#funcgraph-}; layout graph-${o#funcgraph-}-all funcgraph-abstime funcgraph-proc funcgraph-tail; option no$o
done
# Interrupts (arrows), functions of modules, long times.
clean; for f in asm_sysvec_apic_timer_interrupt __sysvec_apic_timer_interrupt sysvec_apic_timer_interrupt hrtimer_interrupt ovl_open ovl_read_iter do_nanosleep __x64_sys_clock_nanosleep; do echo $f >> "$t/set_graph_function"; done 2>/dev/null
put max_graph_depth 4; put current_tracer function_graph; : > "$t/trace"; put tracing_on 1
for i in 1 2; do read -r _ < /etc/hostname; sleep 0.02; done; put tracing_on 0
cat "$t/trace" | head -60 > "$out/graph-irqs.txt"
option funcgraph-abstime; option funcgraph-proc; cat "$t/trace" | head -60 > "$out/graph-irqs-all.txt"; option nofuncgraph-abstime; option nofuncgraph-proc
# trace_pipe: no header, and losses.
clean; put buffer_size_kb 4; echo 'vfs_*' > "$t/set_ftrace_filter"; put current_tracer function; put tracing_on 1; ls -R /etc > /dev/null; put tracing_on 0
timeout 2 cat "$t/trace_pipe" | head -60 > "$out/pipe-function.txt"
clean; put current_tracer function_graph; echo do_sys_openat2 > "$t/set_graph_function"; put max_graph_depth 3; : > "$t/trace"; put tracing_on 1; ls -R /etc > /dev/null & ls -R /usr/bin > /dev/null; wait $!; put tracing_on 0
cat "$t/trace" | head -80 > "$out/graph-lost.txt"; timeout 2 cat "$t/trace_pipe" | head -80 > "$out/pipe-graph.txt"
clean; echo 'vfs_*' > "$t/set_ftrace_filter"; put current_tracer function_graph; : > "$t/trace"; put tracing_on 1
( sleep 0.2; put tracing_on 0 ) & ( ls -R /etc > /dev/null & ls -R /usr/bin > /dev/null; wait ) & timeout 3 cat "$t/trace_pipe" > "$out/pipe-graph-live.txt"; wait
sed -n '/LOST/{=;q}' "$out/pipe-graph-live.txt" | { read -r n; n=${n:-40}; sed -i -n "$((n > 40 ? n - 40 : 1)),$((n + 40))p" "$out/pipe-graph-live.txt"; }
clean; put events/raw_syscalls/enable 1; put tracing_on 1
( sleep 0.2; put tracing_on 0 ) & ( ls -R /etc > /dev/null & ls -R /usr/bin > /dev/null; wait ) & timeout 3 cat "$t/trace_pipe" > "$out/pipe-events-live.txt"; wait; put events/enable 0
sed -n '/LOST/{=;q}' "$out/pipe-events-live.txt" | { read -r n; n=${n:-40}; sed -i -n "$((n > 20 ? n - 20 : 1)),$((n + 20))p" "$out/pipe-events-live.txt"; }
put buffer_size_kb 256
# Latency tracers.
for tracer in wakeup wakeup_rt; do
  clean; put tracing_max_latency 0; echo 'try_to_wake_up sched* ttwu* vfs_*' > "$t/set_ftrace_filter"; put current_tracer $tracer || continue; put tracing_on 1; sleep 0.05; chrt -f 5 sleep 0.01; put tracing_on 0
  cat "$t/trace" > "$out/$tracer.txt"
  clean; put tracing_max_latency 0; put current_tracer $tracer; option display-graph; put tracing_on 1; sleep 0.05; chrt -f 5 sleep 0.01; put tracing_on 0
  cat "$t/trace" | head -100 > "$out/$tracer-graph.txt"; option nodisplay-graph
done
for tracer in hwlat osnoise timerlat; do
  clean; grep -qw $tracer "$t/available_tracers" || continue
  put current_tracer $tracer; put tracing_on 1; sleep 2; put tracing_on 0; cat "$t/trace" | head -40 > "$out/$tracer.txt"
done
clean
finish
