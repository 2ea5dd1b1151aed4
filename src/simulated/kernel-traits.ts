/** What differs between kernel versions beyond what their files show; seen in the transcripts of test/simulated. */

export interface KernelTraits {
  /** The errno of a kprobe on a symbol that does not exist. */
  readonly unknownSymbolCode: 'ENOENT' | 'EINVAL';
  /** The group of a probe must be a C identifier too (later kernels take `-` in it). */
  readonly hasStrictGroups: boolean;
  /** What `r` in kprobe_events reads back as. */
  readonly returnPrefix: string;
  /** `$retval` of a kprobe has the type BTF gives the function. */
  readonly hasBtfReturn: boolean;
  /** set_*_pid refuses numbers above pid_max. */
  readonly checksPidRange: boolean;
  readonly badVariable: string;
}

export function kernelTraits(release: string, cpuCount: number): KernelTraits {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  const version = major * 100 + minor;
  return {
    unknownSymbolCode: version < 607 ? 'ENOENT' : 'EINVAL',
    hasStrictGroups: version < 601,
    returnPrefix: `r${version < 601 ? cpuCount : Math.max(10, 2 * cpuCount)}`,
    hasBtfReturn: version >= 606,
    checksPidRange: version < 601,
    badVariable: version < 606 ? 'Invalid $-valiable specified' : 'Invalid $-variable specified',
  };
}
