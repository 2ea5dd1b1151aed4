/** The simulated kernel answers operations.txt as the real kernels did when the transcripts were recorded. */

import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { readFixture } from './fixtures.ts';
import { runOperations } from './operations.ts';

const script = fs.readFileSync(new URL('operations.txt', import.meta.url), 'utf8');
const hasBinary = (path: string) => (path === '/bin' ? 'folder' : path === '/bin/bash');

describe('simulated kernel beside real ones', () => {
  it.each(['5.10', '6.1', '6.12', '7.2'] as const)('answers like %s', (version) => {
    const recorded = fs.readFileSync(new URL(`transcripts/${version}.txt`, import.meta.url), 'utf8');
    const kernel = new SimulatedKernel(readFixture(version), { hasBinary });
    expect(runOperations(kernel, script)).toBe(recorded);
  });
});
