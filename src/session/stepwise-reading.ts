/** Long files of the kernel read in steps: their lines in portions, with the event loop in between. */

import type { KernelFiles } from '../tracefs/kernel-files.ts';

/** How long one step may take. */
const stepMs = 6;
const chunkBytes = 65_536;

/** Lets others run when a step has taken long enough. */
type Pause = () => Promise<void>;

export function pauseBetween(): Pause {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < stepMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    begun = performance.now();
  };
}

/** The lines of a file in portions; none when it is not there or may not be read. Bytes stay as they are (latin1). */
export async function* readLines(kernel: KernelFiles, path: string, pause: Pause): AsyncGenerator<string[]> {
  let rest = '';
  for (const chunk of readChunks(kernel, path)) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop()!;
    yield lines;
    await pause();
  }
  if (rest !== '') yield [rest];
}

function* readChunks(kernel: KernelFiles, path: string): Generator<string> {
  const chunk = Buffer.alloc(chunkBytes);
  let stream: ReturnType<KernelFiles['openStream']>;
  try {
    stream = kernel.openStream(path);
  } catch {
    return;
  }
  try {
    for (let length = stream.read(chunk); length > 0; length = stream.read(chunk)) {
      yield chunk.toString('latin1', 0, length);
    }
  } finally {
    stream.close();
  }
}
