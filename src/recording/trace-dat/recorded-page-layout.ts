/**
 * Where things are in the sub-buffers of a recording: events/header_page as it carries it. It has looked the same for all
 * kernels of a word size since 2.6.31, so that a recording whose text is missing or damaged is read all the same.
 */
import { FtuiError } from '../../base/errors.ts';
import { type PageLayout, parseHeaderPage } from '../../ring-buffer/page-layout.ts';
import type { TraceDatLayout } from './file-layout.ts';

/** The text has some 300 bytes. */
const longestText = 4096;

/** `problem` is told when the layout is not the recording's own. */
export function readPageLayout(layout: TraceDatLayout, problem: (why: string) => void): PageLayout {
  const { headerPage, littleEndian, pageSize, userLongSize } = layout;
  const longSize = userLongSize === 4 ? 4 : 8;
  const usual = {
    littleEndian,
    longSize,
    timestamp: 0,
    commit: 8,
    data: 8 + longSize,
    subBufferSize: pageSize,
  } as const;
  const why = headerPage === '' ? 'is missing' : undefined;
  const found = why ?? parseText(headerPage.slice(0, longestText), littleEndian);
  if (typeof found !== 'string') return found;
  problem(`the layout of the sub-buffers ${found}: that of a usual kernel is taken`);
  return usual;
}

/** The layout, or what is wrong with it. */
function parseText(text: string, littleEndian: boolean): PageLayout | string {
  try {
    const parsed = parseHeaderPage(text, { littleEndian });
    const { timestamp, commit, longSize, data } = parsed;
    // The stamp comes first in every kernel, and events right behind the used bytes.
    if (timestamp === 0 && commit === 8 && data === commit + longSize) return parsed;
    return `cannot be (stamp at ${timestamp}, used bytes at ${commit}, events at ${data})`;
  } catch (error) {
    if (!(error instanceof FtuiError)) throw error;
    return `cannot be read (${error.why})`;
  }
}
