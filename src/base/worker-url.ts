/** Where the program of a worker thread is: a file of session/ in a checkout, an entry of its own in the bundle. */

/** The file of worker `name`, for `new Worker(...)`; build.ts lists the workers as entries. */
export function workerUrl(name: string): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL(`../session/${name}.ts`, here);
  return new URL(`./${name}.js`, here);
}
