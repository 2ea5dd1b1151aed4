/**
 * Real recordings cut off at every KB and at places at random: `node test/fuzz/cut-recordings.ts [--step BYTES]
 * [--random COUNT] [FILE ...]`, by default those of test/recordings. What is there is read, and that something is missing
 * is said. Ends with status 1 where it was not.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { judgeCut } from './cut-cases.ts';
import { longest } from './fuzz-case.ts';
import { randomOf } from './seeded-random.ts';

const folder = join(import.meta.dirname, '../recordings');
const { values, positionals } = parseArgs({
  options: { step: { type: 'string', default: '1024' }, random: { type: 'string', default: '200' } },
  allowPositionals: true,
});
const usual = readdirSync(folder).filter((name) => /\.dat(?:\.zst)?$/.test(name));
const files = positionals.length > 0 ? positionals : usual.map((name) => join(folder, name));
let wrong = 0;
for (const file of files) {
  const stored = readFileSync(file);
  const bytes = file.endsWith('.zst') ? zstdDecompressSync(stored) : stored;
  const whole = judgeCut(bytes, bytes.length).events;
  const random = randomOf(bytes.length);
  const places = Array.from({ length: Number(values.random) }, () => random.below(bytes.length));
  for (let at = 0; at < bytes.length; at += Number(values.step)) places.push(at);
  let [refused, empty, partly, slowest] = [0, 0, 0, 0];
  for (const at of places) {
    const begin = performance.now();
    const { finding, isRefused, events } = judgeCut(bytes, at, whole);
    const milliseconds = performance.now() - begin;
    slowest = Math.max(slowest, milliseconds);
    if (isRefused) refused += 1;
    else if (events === 0) empty += 1;
    else partly += 1;
    if (finding === undefined) continue;
    wrong += 1;
    console.log(`${file} cut at ${at}: ${finding}`);
  }
  console.log(
    `${file}: ${places.length} cuts, ${refused} refused, ${empty} without events, ${partly} read in part, slowest ${slowest.toFixed(0)} ms`,
  );
  if (slowest > longest) wrong += 1;
}
process.exitCode = wrong === 0 ? 0 : 1;
