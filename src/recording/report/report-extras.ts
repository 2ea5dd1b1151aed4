/** What `trace-cmd report` prints of a recording besides its events: --stat, --uname, --version, --events, -E, --cpus. */
import { decodeKernelText } from '../../base/text.ts';
import { optionId } from '../trace-dat/file-layout.ts';
import type { TraceDat } from '../trace-dat/trace-dat.ts';

/** `cpus=2`: the first line of a report. */
export function formatBanner(recording: TraceDat): string {
  return `cpus=${Math.max(recording.layout.cpuCount, countCpus(recording))}\n`;
}

/** What trace-cmd counts: in version 7 up to the highest CPU of the top level that has data. */
function countCpus({ layout: { version, buffers, cpuCount } }: TraceDat): number {
  const top = buffers.find(({ name }) => name === '');
  return version === 7 && top !== undefined ? top.cpus.reduce((end, { cpu }) => Math.max(end, cpu + 1), 0) : cpuCount;
}

/** --stat: what the recorder noted at its end, and where the data of each CPU is. */
export function formatStatistics(recording: TraceDat): string {
  const texts = recording.layout.options.filter(({ id }) => id === optionId.cpuStat).map(({ data }) => data);
  const statistics = texts.map((data) => `${decodeKernelText(data.subarray(0, -1))}\n`).join('');
  return [
    '\nKernel buffer statistics:\n',
    '  Note: "entries" are the entries left in the kernel ring buffer and are not\n',
    '        recorded in the trace data. They should all be zero.\n\n',
    texts.length === 0 ? ' No stats in this file\n' : `${statistics}\n`,
    ...formatPlaces(recording),
  ].join('');
}

/** trace-cmd unpacks compressed data into a file of its own, and tells the places in that. */
function formatPlaces(recording: TraceDat): string[] {
  const top = recording.layout.buffers.find(({ name }) => name === '');
  let unpacked = recording.layout.pageSize;
  const open = recording.openBuffers().find(({ name }) => name === '');
  const places = new Map(top?.cpus.toReversed().map((place) => [place.cpu, place]));
  return Array.from({ length: countCpus(recording) }, (_, cpu) => {
    const place = places.get(cpu);
    let { offset, size } = place ?? { offset: 0, size: 0 };
    if (place?.isCompressed === true) {
      const pages = open?.cpus.find((candidate) => candidate.cpu === cpu)?.pages;
      offset = unpacked;
      size = (pages?.count ?? 0) * recording.layout.pageSize;
      unpacked += size;
    }
    return `CPU${cpu} data recorded at offset=0x${offset.toString(16)}\n    ${size} bytes in size\n`;
  });
}

/** --uname */
export function formatUname(recording: TraceDat): string {
  return `${findText(recording, optionId.uname) ?? ' uname was not recorded in this file'}\n`;
}

/** --version */
export function formatProducer(recording: TraceDat): string {
  return `${findText(recording, optionId.version) ?? ' version was not recorded in this file'}\n`;
}

/** -E: the events whose formats the file holds, by system. */
export function formatEventNames({ formats }: TraceDat): string {
  const names = [...formats.list()].map(({ id, system, name }) => ({ id, text: `${system}:${name}\n`, system, name }));
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  names.sort((a, b) => compare(a.system, b.system) || compare(a.name, b.name) || a.id - b.id);
  return names.map(({ text }) => text).join('');
}

/**
 * --events and --event: the formats themselves by system, without those of ftrace's own. `matches` tells by system and
 * name. (trace-cmd 3.3.1 prints none for files of version 7.)
 */
export function formatEventFormats(
  { formats }: TraceDat,
  matches: (system: string, name: string) => boolean = () => true,
): string {
  let last: string | undefined;
  const chosen = [...formats.list()].filter(({ system, name }) => system !== 'ftrace' && matches(system, name));
  const blocks = chosen.map(({ system, text }) => {
    const head = system === last ? '' : `\nsystem: ${system}\n`;
    last = system;
    return `${head}${text}\n`;
  });
  return blocks.join('');
}

/** `SYSTEM:EVENT` or a part of either, as regular expressions that need not match the whole, in any case; undefined for a bad one. */
export function compileEventExpression(words: string): ((system: string, name: string) => boolean) | undefined {
  const colon = words.indexOf(':');
  try {
    if (colon < 0) {
      const either = new RegExp(words, 'i');
      return (system, name) => either.test(system) || either.test(name);
    }
    const [ofSystem, ofName] = [new RegExp(words.slice(0, colon), 'i'), new RegExp(words.slice(colon + 1), 'i')];
    return (system, name) => ofSystem.test(system) && ofName.test(name);
  } catch {
    return undefined;
  }
}

function findText({ layout }: TraceDat, id: number): string | undefined {
  const data = layout.options.findLast((option) => option.id === id)?.data;
  return data && decodeKernelText(data).replace(/\0.*$/s, '');
}
