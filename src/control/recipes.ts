/**
 * What people ask with perf, BCC and bpftrace, and the command of ftui that answers it: `ftui list recipes`. The tests
 * parse each command, and look on real kernels for the events and functions that it names.
 */

interface Recipe {
  readonly name: string;
  /** The question, as a person would ask it. */
  readonly answers: string;
  /** The words behind `ftui`. */
  readonly command: readonly string[];
  /** The writes to tracefs that matter, with GROUP for the session's own group and INSTANCE for its instance. */
  readonly writes: readonly string[];
  /** What the kernel or the machine must have beyond the usual. */
  readonly needs?: string | undefined;
}

const openat = 'do_sys_openat2';

export const recipes: readonly Recipe[] = [
  {
    name: 'open-graph',
    answers: 'What does the kernel do when a file is opened, and how long does each step take?',
    command: ['graph', 'do_sys_open', '--depth', '3', '--', 'cat', '/etc/hostname'],
    writes: [
      'echo do_sys_openat2 >> set_graph_function',
      'echo 3 > max_graph_depth',
      'echo function_graph > current_tracer',
    ],
  },
  {
    name: 'opensnoop',
    answers: 'Which files are opened, and by whom? (perf probe do_sys_open filename:string, bcc opensnoop)',
    command: ['kprobe', openat, 'filename:string'],
    writes: [`p:GROUP/${openat} ${openat} filename=+0(%si):ustring`],
    needs: 'BTF',
  },
  {
    name: 'open-results',
    answers: 'Which opens fail, and with what?',
    command: ['kprobe', `${openat}%return`, '$retval', '--filter', 'ret < 0'],
    writes: [
      `r:GROUP/${openat}__return ${openat} ret=$retval:s64`,
      `echo 'ret < 0' > INSTANCE/events/GROUP/${openat}__return/filter`,
    ],
    needs: 'BTF',
  },
  {
    name: 'open-of',
    answers: 'Who opens this file?',
    command: ['kprobe', openat, 'filename:string', '--filter', 'filename ~ "*passwd*"'],
    writes: [`echo 'filename ~ "*passwd*"' > INSTANCE/events/GROUP/${openat}/filter`],
    needs: 'BTF',
  },
  {
    name: 'open-flags',
    answers: 'How are files opened: flags and modes out of the structure?',
    command: ['kprobe', openat, 'filename:string', 'how->flags', 'how->mode'],
    writes: ['flags=+0(%dx):u64 mode=+8(%dx):u64'],
    needs: 'BTF',
  },
  {
    name: 'vfs-names',
    answers: 'Which directory entries does vfs_open see?',
    command: ['kprobe', 'vfs_open', 'path->dentry->d_name.name:string'],
    writes: ['p:GROUP/vfs_open vfs_open name='],
    needs: 'BTF',
  },
  {
    name: 'execsnoop',
    answers: 'Which programs are started?',
    command: ['event', 'sched:sched_process_exec'],
    writes: ['echo 1 > INSTANCE/events/sched/sched_process_exec/enable'],
  },
  {
    name: 'forks',
    answers: 'Who makes new processes and threads?',
    command: ['event', 'sched:sched_process_fork'],
    writes: ['echo 1 > INSTANCE/events/sched/sched_process_fork/enable'],
  },
  {
    name: 'exits',
    answers: 'Which tasks end?',
    command: ['event', 'sched:sched_process_exit'],
    writes: ['echo 1 > INSTANCE/events/sched/sched_process_exit/enable'],
  },
  {
    name: 'killsnoop',
    answers: 'Who sends signals to whom?',
    command: ['event', 'signal:signal_generate'],
    writes: ['echo 1 > INSTANCE/events/signal/signal_generate/enable'],
  },
  {
    name: 'switches',
    answers: 'Which tasks take turns on the CPUs?',
    command: ['event', 'sched:sched_switch'],
    writes: ['echo 1 > INSTANCE/events/sched/sched_switch/enable'],
  },
  {
    name: 'offcpu-stacks',
    answers: 'Where in the kernel do tasks go to sleep?',
    command: ['event', 'sched:sched_switch', '--filter', 'prev_state != 0', '--stack'],
    writes: [
      "echo 'prev_state != 0' > INSTANCE/events/sched/sched_switch/filter",
      'echo 1 > INSTANCE/options/stacktrace',
    ],
  },
  {
    name: 'syncsnoop',
    answers: 'Who calls sync?',
    command: ['event', 'syscalls:sys_enter_sync'],
    writes: ['echo 1 > INSTANCE/events/syscalls/sys_enter_sync/enable'],
    needs: 'CONFIG_FTRACE_SYSCALLS',
  },
  {
    name: 'syscalls-failing',
    answers: 'Which system calls fail?',
    command: ['event', 'raw_syscalls:sys_exit', '--filter', 'ret < 0'],
    writes: ["echo 'ret < 0' > INSTANCE/events/raw_syscalls/sys_exit/filter"],
  },
  {
    name: 'open-by-syscall',
    answers: 'Which names do programs hand to openat(2)?',
    command: ['event', 'syscalls:sys_enter_openat', 'file=filename:string'],
    writes: ['e:GROUP/sys_enter_openat syscalls.sys_enter_openat file=+0($filename):ustring'],
    needs: 'event probes (Linux 5.15)',
  },
  {
    name: 'readsizes',
    answers: 'How much does each read return?',
    command: ['kprobe', 'vfs_read%return', '$retval'],
    writes: ['r:GROUP/vfs_read__return vfs_read ret=$retval:s64'],
  },
  {
    name: 'vfscount',
    answers: 'Which functions of the VFS are called?',
    command: ['function', 'vfs_*'],
    writes: ['echo function > INSTANCE/current_tracer'],
  },
  {
    name: 'callers',
    answers: 'By which way does the kernel come to vfs_open?',
    command: ['function', 'vfs_open', '--stack'],
    writes: ['echo 1 > INSTANCE/options/func_stack_trace'],
  },
  {
    name: 'block-io',
    answers: 'Which requests go to the disks?',
    command: ['event', 'block:block_rq_issue', 'block:block_rq_complete'],
    writes: ['echo 1 > INSTANCE/events/block/block_rq_issue/enable'],
    needs: 'CONFIG_BLOCK',
  },
  {
    name: 'tcp-states',
    answers: 'Which connections open and close? (tcpstates, tcplife)',
    command: ['event', 'sock:inet_sock_set_state'],
    writes: ['echo 1 > INSTANCE/events/sock/inet_sock_set_state/enable'],
  },
  {
    name: 'tcpretrans',
    answers: 'Which segments are sent again?',
    command: ['event', 'tcp:tcp_retransmit_skb'],
    writes: ['echo 1 > INSTANCE/events/tcp/tcp_retransmit_skb/enable'],
  },
  {
    name: 'drops',
    answers: 'Which packets does the kernel throw away, and where?',
    command: ['event', 'skb:kfree_skb', '--stack'],
    writes: ['echo 1 > INSTANCE/events/skb/kfree_skb/enable'],
  },
  {
    name: 'irqs',
    answers: 'Which interrupts come in?',
    command: ['event', 'irq:irq_handler_entry'],
    writes: ['echo 1 > INSTANCE/events/irq/irq_handler_entry/enable'],
  },
  {
    name: 'bashreadline',
    answers: 'Which lines are typed into any bash? (bcc bashreadline)',
    command: ['uprobe', '/bin/bash', 'readline%return'],
    writes: ['ret=+0($retval):string'],
    needs: 'a bash with readline in it',
  },
  {
    name: 'getenv',
    answers: 'Which environment variables do programs ask for?',
    command: ['uprobe', 'libc', 'getenv', 'name:string'],
    writes: ['name=+0(%di):string'],
  },
  {
    name: 'malloc',
    answers: 'How large are the pieces of memory a command asks for?',
    command: ['uprobe', 'libc', 'malloc', '--', 'ls'],
    writes: ['p:GROUP/malloc '],
  },
  {
    name: 'exceptions',
    answers: 'Which C++ exceptions are thrown? (USDT of libstdc++)',
    command: ['usdt', 'libstdc++', 'throw'],
    writes: ['p:GROUP/throw '],
    needs: 'libstdc++ with static probes',
  },
];
