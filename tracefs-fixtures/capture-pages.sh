#!/bin/bash
# Captures pages/<kernel>-<case>/ : raw sub-buffers of CPU 0 (page.bin) with the text that the kernel printed for the same
# records (trace.txt), and what is needed to decode them. Run as root on a quiet machine of at least 2 CPUs where nobody
# else traces: capture-pages.sh OUT-FOLDER [CASE...]. It leaves tracing reset.
set -u
out=$1; shift
cases=${*:-events kprobe graph graph-args graph-retaddr graph-lost}
kernel=$(uname -r | cut -d. -f1,2)
tracing=/sys/kernel/tracing
cd $tracing || exit 1
set_file() { echo "$2" > "$1" 2>/dev/null || { echo "cannot write '$2' to $1" >&2; return 1; }; }

reset_tracing() {
  echo 0 > tracing_on; echo nop > current_tracer; echo > set_event; echo 0 > events/enable
  echo > set_ftrace_pid; echo > set_event_pid; echo > set_graph_function; echo 0 > max_graph_depth
  for option in funcgraph-abstime funcgraph-proc funcgraph-args funcgraph-retaddr; do
    [ -e options/$option ] && echo 0 > options/$option
  done
  echo > kprobe_events; echo 1024 > buffer_size_kb; echo > trace
} 2>/dev/null

# run_traced SHELL-TEXT: runs it on CPU 0, only that task traced.
run_traced() {
  taskset -c 0 bash -c "echo \$\$ > set_ftrace_pid; echo \$\$ > set_event_pid; echo 1 > tracing_on; $1; echo 0 > tracing_on" \
    > /dev/null 2>&1
}

# save_case NAME PAGES FORMAT...: the text first, reading it takes nothing away; then the pages.
save_case() {
  local to=$out/$kernel-$1 pages=$2; shift 2
  mkdir -p "$to"
  cat per_cpu/cpu0/stats > "$to/stats"
  head -n 240 per_cpu/cpu0/trace > "$to/trace.txt" # more than two pages of records have lines
  cat events/header_page > "$to/header_page"
  dd if=per_cpu/cpu0/trace_pipe_raw of="$to/page.bin" bs=4096 count=$pages iflag=nonblock 2> /dev/null
  for format in "$@"; do
    [ -e "events/$format/format" ] && cat "events/$format/format" > "$to/${format/\//.}.format"
  done
  tr -cs 'A-Za-z0-9_.' '\n' < "$to/trace.txt" | sort -u > /tmp/words
  awk 'NR == FNR { words[$1] = 1; next } $3 in words' /tmp/words /proc/kallsyms > "$to/kallsyms"
}

graph_formats="ftrace/funcgraph_entry ftrace/funcgraph_exit ftrace/fgraph_retaddr_entry"

capture_graph() { # NAME OPTION
  [ -z "$2" ] || [ -e options/$2 ] || return 0
  set_file set_graph_function do_sys_openat2
  set_file max_graph_depth 3
  set_file current_tracer function_graph || return 0
  set_file options/funcgraph-abstime 1
  set_file options/funcgraph-proc 1
  [ -z "$2" ] || set_file options/$2 1
  run_traced 'read line < /etc/hostname; read line < /no/such/file'
  save_case "$1" 2 $graph_formats
}

capture_graph-lost() {
  set_file buffer_size_kb 8
  set_file set_graph_function vfs_open
  set_file max_graph_depth 2
  set_file current_tracer function_graph || return 0
  set_file options/funcgraph-abstime 1
  set_file options/funcgraph-proc 1
  run_traced 'for ((i = 0; i < 400; i++)); do read line < /etc/passwd; done'
  save_case graph-lost 2 $graph_formats
}

capture_events() {
  for event in sched/sched_switch sched/sched_process_exec sched/sched_process_exit sched/sched_wakeup \
    syscalls/sys_enter_openat syscalls/sys_exit_openat; do
    set_file events/$event/enable 1
  done
  run_traced 'read line < /etc/hostname; read line < "/no/such file"; exec sleep 0.02'
  sleep 0.2; echo 0 > tracing_on
  save_case events 2 sched/sched_switch sched/sched_process_exec sched/sched_process_exit sched/sched_wakeup \
    syscalls/sys_enter_openat syscalls/sys_exit_openat
}

capture_kprobe() {
  set_file kprobe_events 'p:ftui/open do_sys_openat2 dfd=%di:s32 name=+0(%si):ustring bad=+0(%di):ustring how=+0(%dx):x64 bytes=+0(%si):u8[4] low=%dx:b4@4/32'
  echo 'r:ftui/opened do_sys_openat2 ret=$retval:s64' >> kprobe_events
  set_file events/ftui/enable 1
  run_traced 'read line < /etc/hostname; read line < /etc/os-release; read line < "/no/such file"; read line < /tmp/$(printf "\\303\\244\\377\\033")'
  echo 0 > events/ftui/enable
  save_case kprobe 1 ftui/open ftui/opened
}

for name in $cases; do
  reset_tracing
  case $name in
    graph) capture_graph graph "" ;;
    graph-args) capture_graph graph-args funcgraph-args ;;
    graph-retaddr) capture_graph graph-retaddr funcgraph-retaddr ;;
    *) capture_$name ;;
  esac
done
reset_tracing
