/** Constants that kernels leave in their formats by name, where TRACE_DEFINE_ENUM is missing (include/trace/events). */

function enumOf(prefix: string, first: number, names: string): (readonly [string, bigint])[] {
  return names.split(' ').map((name, index) => [`${prefix}${name}`, BigInt(first + index)] as const);
}

/** Those that libtraceevent 1.8.4 knows as well. */
export const libtraceeventConstants: ReadonlyMap<string, bigint> = new Map([
  ...'HI TIMER NET_TX NET_RX BLOCK IRQ_POLL TASKLET SCHED HRTIMER RCU'
    .split(' ')
    .map((name, index) => [`${name}_SOFTIRQ`, BigInt(index)] as const),
  ['HRTIMER_NORESTART', 0n],
  ['HRTIMER_RESTART', 1n],
]);

export const kernelConstants: ReadonlyMap<string, bigint> = new Map([
  ...libtraceeventConstants,
  ['true', 1n],
  ['false', 0n],
  ['NULL', 0n],
  ...enumOf('TCP_', 1, 'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN'),
  ...enumOf('TCP_', 11, 'CLOSING NEW_SYN_RECV'),
  ...enumOf('IOPRIO_CLASS_', 0, 'NONE RT BE IDLE'),
  ...enumOf('PM_QOS_', 0, 'ADD_REQ UPDATE_REQ REMOVE_REQ'),
  ['HRTIMER_MODE_ABS', 0n],
  ['HRTIMER_MODE_REL', 1n],
  ['HRTIMER_MODE_PINNED', 2n],
  ['HRTIMER_MODE_ABS_PINNED', 2n],
  ['HRTIMER_MODE_REL_PINNED', 3n],
  ['HRTIMER_MODE_SOFT', 4n],
  ['HRTIMER_MODE_ABS_SOFT', 4n],
  ['HRTIMER_MODE_REL_SOFT', 5n],
  ['HRTIMER_MODE_ABS_PINNED_SOFT', 6n],
  ['HRTIMER_MODE_REL_PINNED_SOFT', 7n],
  ['HRTIMER_MODE_HARD', 8n],
  ['HRTIMER_MODE_ABS_HARD', 8n],
  ['HRTIMER_MODE_REL_HARD', 9n],
  ['HRTIMER_MODE_ABS_PINNED_HARD', 10n],
  ['HRTIMER_MODE_REL_PINNED_HARD', 11n],
]);
