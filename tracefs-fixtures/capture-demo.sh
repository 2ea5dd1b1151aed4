#!/bin/bash
# capture-demo.sh OUT FIXTURE: records `graph do_sys_open -- ls /` for the demo into OUT: raw pages of each CPU, the text
# the kernel printed for them, and a bundle with the symbols and command lines that belong to them. Needs root and a
# machine nobody traces on (settings are not put back): a fresh virtual machine. FIXTURE is the folder that capture.sh
# wrote in the same boot: its function names are kept beside those that occur.
set -euo pipefail
out=$1 fixture=$2
cd /sys/kernel/tracing
mkdir -p "$out"
work=$(mktemp -d)
mkfifo "$work/go"

echo 0 >tracing_on
echo mono >trace_clock
echo 8192 >buffer_size_kb
sh -c 'read line; exec ls /' <"$work/go" >/dev/null &
pid=$!
exec 3>"$work/go"
echo function_graph >current_tracer
echo do_sys_openat2 >set_graph_function
echo do_sys_open >>set_graph_function
echo "$pid" >set_ftrace_pid
echo 1 >options/function-fork
echo 1 >tracing_on
echo >&3
exec 3>&-
wait "$pid"
echo 0 >tracing_on
cat trace >"$work/trace"
for cpu in per_cpu/cpu*; do
  dd if="$cpu/trace_pipe_raw" iflag=nonblock bs=4096 of="$work/${cpu##*/}.pages" 2>/dev/null || true
  [ ! -s "$work/${cpu##*/}.pages" ] || zstd -q -19 -f "$work/${cpu##*/}.pages" -o "$out/${cpu##*/}.pages.zst"
  cat "$cpu/stats" | sed "s/^/${cpu##*/} /" >>"$out/stats"
done
zstd -q -19 -f "$work/trace" -o "$out/trace.text.zst"

grep -oE '[A-Za-z0-9_.]+( \[[^]]*\])?\(' "$work/trace" | sed 's,[ (].*,,' | sort -u >"$work/names"
grep -oE '^[A-Za-z0-9_.]+( \[.*\])?$' "$fixture/tracing.txt" | awk '{ print $1 }' >>"$work/names"
bundle() { # PATH FILE
  printf '@ 440 %s %s\n' "$(stat -c %s "$2")" "$1"
  cat "$2"
  echo
}
awk 'FNR == NR { names[$1]; next } $3 in names' "$work/names" /proc/kallsyms >"$work/kallsyms"
awk 'FNR == NR { names[$1]; next } $1 in names' "$work/names" available_filter_functions >"$work/functions"
cat saved_cmdlines >"$work/cmdlines"
{
  bundle /proc/kallsyms "$work/kallsyms"
  bundle /sys/kernel/tracing/available_filter_functions "$work/functions"
  bundle /sys/kernel/tracing/saved_cmdlines "$work/cmdlines"
} >"$out/tree.txt"
printf 'captured by capture-demo.sh from: %s\n' "$(uname -srvmo)" >"$out/ORIGIN"
echo nop >current_tracer
rm -rf "$work"
