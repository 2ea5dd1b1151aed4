#!/bin/bash
# record-load.sh SECONDS KB PROGRAM...: records raw_syscalls of two `dd bs=1` with a buffer of KB a CPU, once with each program
# (`ftui=PATH` or `trace-cmd=PATH`), and prints for each: name, CPU seconds, bytes of the file, events, lost events.
# Each runs once before that, without load: its program is in the caches then, as on a machine where it is in use.
# Needs root. For bench/recorder.ts, here and in a virtual machine.
set -euo pipefail
seconds=$1 kb=$2; shift 2
work=$(mktemp -d); load=()
trap 'kill "${load[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
for entry in "$@"; do
  "${entry#*=}" record -e raw_syscalls -o "$work/first.dat" true >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
  rm -rf "$work/first.dat"
done
for cpu in 0 1; do
  taskset -c $cpu dd if=/dev/zero of=/dev/null bs=1 2>/dev/null & load+=($!)
done
for entry in "$@"; do
  name=${entry%%=*} program=${entry#*=} file=$work/$name.dat
  command=("$program" record -e raw_syscalls -b "$kb" -o "$file" sleep "$seconds")
  begin=$(awk '{ print $16 + $17 }' /proc/$$/stat)
  "${command[@]}" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
  end=$(awk '{ print $16 + $17 }' /proc/$$/stat)
  stat=$(trace-cmd report --stat -i "$file" 2>/dev/null || true)
  sum() { awk -F': ' -v key="$1" '$1 == key { total += $2 } END { print total + 0 }' <<<"$stat"; }
  events=$(($(sum 'read events') + $(sum entries)))
  lost=$(($(sum overrun) + $(sum 'commit overrun') + $(sum 'dropped events')))
  cpu=$(awk -v ticks=$((end - begin)) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", ticks / hz }')
  echo "$name $cpu $(stat -c %s "$file") $events $lost"
  rm -f "$file" # The next one shall find as much room.
done
