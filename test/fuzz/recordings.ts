/**
 * Damaged recordings by the hundred thousand: `node test/fuzz/recordings.ts [--seconds N] [--count N] [--seed S]
 * [--threads N] [--kind trace.dat|exports|text|parts] [--show SEED]`. Each must be refused with a reason or read with its damage said, within 2 s and 300 MB.
 * Ends with status 1 when one was not. `--show` reads one case and tells what was done to it.
 */
import { runFuzz } from './run-cases.ts';

await runFuzz('trace.dat', 'damaged recordings');
