/** Events whose text is made by code instead of their print fmt. */
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext, WriteEventText } from '../event-text.ts';
import { binaryPrintWriter } from './binary-print.ts';
import type { EventHandler } from './event-handler.ts';
import { calledFromWriter, functionRepeatsWriter, functionWriter, rawDataWriter, stackWriter } from './function.ts';
import { futexHandler } from './futex.ts';
import { kvmEntryHandler, kvmExitHandler, kvmInstructionHandler, kvmNestedExitHandler, kvmPageHandler } from './kvm.ts';
import { bssInfoWriter } from './mac80211.ts';
import { schedSwitchWriter, schedWakeupWriter } from './sched.ts';
import { callSiteWriter, timerWriter, tlbFlushWriter } from './timers-and-memory.ts';

type FindWriter = (format: EventFormat, context: EventTextContext) => WriteEventText | undefined;

/** By system and name: what stands in place of the print fmt in trace-cmd's reports. */
const traceCmdWriters: Readonly<Record<string, FindWriter>> = {
  'ftrace:function': functionWriter,
  'ftrace:func_repeats': functionRepeatsWriter,
  'ftrace:kernel_stack': stackWriter,
  'ftrace:raw_data': rawDataWriter,
  'sched:sched_switch': schedSwitchWriter,
  'sched:sched_wakeup': schedWakeupWriter,
  'sched:sched_wakeup_new': schedWakeupWriter,
  'timer:hrtimer_expire_entry': timerWriter,
  'timer:hrtimer_start': timerWriter,
  'tlb:tlb_flush': tlbFlushWriter,
  'ftrace:bprint': binaryPrintWriter,
  'mac80211:drv_bss_info_changed': bssInfoWriter,
};

/** What stands in front of the print fmt. */
const traceCmdPrefixes: Readonly<Record<string, FindWriter>> = {
  'kmem:kfree': callSiteWriter,
  'kmem:kmalloc': callSiteWriter,
  'kmem:kmalloc_node': callSiteWriter,
  'kmem:kmem_cache_alloc': callSiteWriter,
  'kmem:kmem_cache_alloc_node': callSiteWriter,
  'kmem:kmem_cache_free': callSiteWriter,
};

type FindHandler = (format: EventFormat, context: EventTextContext) => EventHandler | undefined;

/** What decides by the record whether the print fmt follows. */
const traceCmdHandlers: Readonly<Record<string, FindHandler>> = {
  'syscalls:sys_enter_futex': futexHandler,
  'kvm:kvm_exit': kvmExitHandler,
  'kvm:kvm_entry': kvmEntryHandler,
  'kvm:kvm_emulate_insn': kvmInstructionHandler,
  'kvm:kvm_nested_vmexit': kvmNestedExitHandler,
  'kvm:kvm_nested_vmexit_inject': kvmNestedExitHandler,
  'kvmmmu:kvm_mmu_get_page': kvmPageHandler,
  'kvmmmu:kvm_mmu_sync_page': kvmPageHandler,
  'kvmmmu:kvm_mmu_unsync_page': kvmPageHandler,
  'kvmmmu:kvm_mmu_zap_page': kvmPageHandler,
  'kvmmmu:kvm_mmu_prepare_zap_page': kvmPageHandler,
};

const kernelWriters: Readonly<Record<string, FindWriter>> = {
  'ftrace:function': calledFromWriter,
  'ftrace:kernel_stack': stackWriter,
  'ftrace:user_stack': stackWriter,
  'ftrace:bprint': binaryPrintWriter,
  'ftrace:raw_data': rawDataWriter,
};

export function findEventHandler(format: EventFormat, context: EventTextContext): EventHandler | undefined {
  const event = `${format.system}:${format.name}`;
  const find = (writers: Readonly<Record<string, FindWriter>>): WriteEventText | undefined =>
    Object.hasOwn(writers, event) ? writers[event]!(format, context) : undefined;
  const alone = find(context.style === 'trace-cmd' ? traceCmdWriters : kernelWriters);
  if (alone !== undefined) return { alone: true, write: alone };
  if (context.style === 'trace-cmd' && Object.hasOwn(traceCmdHandlers, event)) {
    return traceCmdHandlers[event]!(format, context);
  }
  const prefix = context.style === 'trace-cmd' ? find(traceCmdPrefixes) : undefined;
  if (prefix === undefined) return undefined;
  return {
    alone: false,
    write: (out, bytes, view, start, end) => {
      prefix(out, bytes, view, start, end);
      return true;
    },
  };
}
