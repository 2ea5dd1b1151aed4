/**
 * Milliseconds that this thread has worked, where Node tells (22.19): what others take of the CPU is no reason to do
 * less.
 */
export function readThreadMs(): number {
  if (process.threadCpuUsage === undefined) return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
