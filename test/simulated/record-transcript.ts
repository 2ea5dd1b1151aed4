/**
 * Records what a real kernel answers to operations.txt: as root, in a virtual machine whose tracefs nobody uses,
 * `node test/simulated/record-transcript.ts > test/simulated/transcripts/6.12.txt`.
 */

import fs from 'node:fs';
import { RunningKernel } from '../../src/tracefs/running-kernel.ts';
import { runOperations } from './operations.ts';

const script = fs.readFileSync(new URL('operations.txt', import.meta.url), 'utf8');
process.stdout.write(runOperations(new RunningKernel(), script));
