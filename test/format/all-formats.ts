/** All event formats of five kernels (formats/), as text of `format` files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { type EventFormat, parseEventFormat } from '../../src/format/event-format.ts';
import { commonBlock } from './format-text.ts';

export const kernels = ['5.10', '6.1', '6.12', '6.18', '7.2'] as const;

const loaded = new Map<string, EventFormat[]>();

export function loadFormats(kernel: string): readonly EventFormat[] {
  const known = loaded.get(kernel) ?? parseFormats(kernel);
  loaded.set(kernel, known);
  return known;
}

function parseFormats(kernel: string): EventFormat[] {
  const packed = readFileSync(join(import.meta.dirname, 'formats', `${kernel}.txt.zst`));
  return zstdDecompressSync(packed)
    .toString('latin1')
    .split(/^@@ /m)
    .slice(1)
    .map((part) => {
      const lineEnd = part.indexOf('\n');
      const text = part.slice(lineEnd + 1).replace('format:\n', `format:\n${commonBlock}\n\n`);
      return parseEventFormat(part.slice(0, lineEnd), text);
    });
}
