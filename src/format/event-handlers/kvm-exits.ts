/** Names of the reasons for which a guest is left: Intel SDM volume 3 appendix C, AMD APM volume 2 appendix C. */

/** `number name` pairs as text: `0 EXCEPTION_NMI, ...`. */
function reasonTable(text: string, base: number): ReadonlyMap<number, string> {
  return new Map(
    text.split(',').map((row) => {
      const [number, name] = row.trim().split(' ') as [string, string];
      return [Number.parseInt(number, base), name];
    }),
  );
}

export const vmxReasons = reasonTable(
  `0 EXCEPTION_NMI, 1 EXTERNAL_INTERRUPT, 2 TRIPLE_FAULT, 7 PENDING_INTERRUPT, 8 NMI_WINDOW, 9 TASK_SWITCH, 10 CPUID,
  12 HLT, 13 INVD, 14 INVLPG, 15 RDPMC, 16 RDTSC, 18 VMCALL, 19 VMCLEAR, 20 VMLAUNCH, 21 VMPTRLD, 22 VMPTRST, 23 VMREAD,
  24 VMRESUME, 25 VMWRITE, 26 VMOFF, 27 VMON, 28 CR_ACCESS, 29 DR_ACCESS, 30 IO_INSTRUCTION, 31 MSR_READ, 32 MSR_WRITE,
  36 MWAIT_INSTRUCTION, 39 MONITOR_INSTRUCTION, 40 PAUSE_INSTRUCTION, 41 MCE_DURING_VMENTRY, 43 TPR_BELOW_THRESHOLD,
  44 APIC_ACCESS, 45 EOI_INDUCED, 48 EPT_VIOLATION, 49 EPT_MISCONFIG, 50 INVEPT, 52 PREEMPTION_TIMER, 54 WBINVD,
  55 XSETBV, 56 APIC_WRITE, 58 INVPCID, 62 PML_FULL, 63 XSAVES, 64 XRSTORS`,
  10,
);

const registerAccesses = ['READ', 'WRITE'].flatMap((access, index) => [
  ...[0, 3, 4, 8].map((number) => `${(index * 16 + number).toString(16)} EXIT_${access}_CR${number}`),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map(
    (number) => `${(0x20 + index * 16 + number).toString(16)} EXIT_${access}_DR${number}`,
  ),
]);
const exceptions = '0 DE,1 DB,3 BP,4 OF,5 BR,6 UD,7 NM,8 DF,a TS,b NP,c SS,d GP,e PF,10 MF,11 AC,12 MC,13 XF'
  .split(',')
  .map((row) => row.split(' ') as [string, string])
  .map(([number, name]) => `${(0x40 + Number.parseInt(number, 16)).toString(16)} EXIT_EXCP_${name}`);
const instructions = `INTR NMI SMI INIT VINTR CR0_SEL_WRITE IDTR_READ GDTR_READ LDTR_READ TR_READ IDTR_WRITE GDTR_WRITE
  LDTR_WRITE TR_WRITE RDTSC RDPMC PUSHF POPF CPUID RSM IRET SWINT INVD PAUSE HLT INVLPG INVLPGA IOIO MSR TASK_SWITCH
  FERR_FREEZE SHUTDOWN VMRUN VMMCALL VMLOAD VMSAVE STGI CLGI SKINIT RDTSCP ICEBP WBINVD MONITOR MWAIT MWAIT_COND XSETBV`
  .split(/\s+/)
  .map((name, index) => `${(0x60 + index).toString(16)} EXIT_${name}`);
const others = ['400 EXIT_NPF', '401 EXIT_AVIC_INCOMPLETE_IPI', '402 EXIT_AVIC_UNACCELERATED_ACCESS', '-1 EXIT_ERR'];

export const svmReasons = reasonTable([...registerAccesses, ...exceptions, ...instructions, ...others].join(','), 16);
