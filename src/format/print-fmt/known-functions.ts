/** Functions of kernel modules in print fmts, of which the kernel's text needs no more than the record. */
import type { Emitter } from './emitter.ts';
import { evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { writeScsiCommand } from './scsi-command.ts';
import { PrintFmtError } from './tokens.ts';
import { lowWord } from './values.ts';

/** By number (include/uapi/xen/interface/xen.h); empty where there is none. */
const hypercalls = `set_trap_table mmu_update set_gdt stack_switch set_callbacks fpu_taskswitch sched_op_compat dom0_op
  set_debugreg get_debugreg update_descriptor - memory_op multicall update_va_mapping set_timer_op
  event_channel_op_compat xen_version console_io physdev_op_compat grant_table_op vm_assist
  update_va_mapping_otherdomain iret vcpu_op set_segment_base mmuext_op acm_op nmi_op sched_op callback_op xenoprof_op
  event_channel_op physdev_op hvm_op - - - - - - - - - - - - - arch_0 arch_1 arch_2 arch_3 arch_4 arch_5 arch_6 arch_7`
  .split(/\s+/)
  .map((name) => (name === '-' ? '' : `(${name})`));

/** Emits the text of the function; throws PrintFmtError for one that is not known. */
export function emitKnownFunction(emitter: Emitter, name: string, args: readonly Expression[]): void {
  const { scope, source } = emitter;
  const number = (argument: Expression | undefined): string => {
    if (argument === undefined) throw new PrintFmtError(`${name}() has too few arguments`);
    return source.named(lowWord(evaluate(scope, argument)));
  };
  switch (name) {
    case 'jbd2_dev_to_name': {
      const device = number(args[0]);
      return source.line(`out.decimal(${device}>>>20);out.text(':');out.decimal(${device}&1048575);`);
    }
    case 'jiffies_to_msecs':
      return source.line(`out.decimal(${number(args[0])});`);
    case 'xen_hypercall_name':
      return source.line(`out.text(${source.constant(hypercalls)}[${number(args[0])}]||'');`);
    case 'scsi_trace_parse_cdb': {
      const place = args[1] && scope.placeOf(args[1]);
      if (place === undefined) break;
      const rest = `${place.at},Math.min(${place.limit},e),${scope.isTraceCmd}`;
      return source.line(`${source.constant(writeScsiCommand)}(out,b,${rest});`);
    }
  }
  throw new PrintFmtError(`${name.slice(0, 40)}() is not known`);
}
