/**
 * Damaged programs, debug information, kernel types and notes by the hundred thousand: `node test/fuzz/symbols.ts
 * [--seconds N] [--count N] [--seed S] [--threads N] [--kind symbols|elf|dwarf|btf|notes] [--show SEED]`. Each must be
 * refused with a reason or read as far as it makes sense, within 2 s and 300 MB. Ends with status 1 when one was not.
 */
import { runFuzz } from './run-cases.ts';

await runFuzz('symbols', 'damaged files');
