/**
 * A flame graph as one SVG file that needs nothing else: callers above, what they called below, widths in proportion to
 * time, calls or samples, the widest first. Readable where no program runs; in a browser it zooms and searches.
 */
import type { ExportFormat, ExportReport, StackWeight } from './export-format.ts';
import { type DrawnFrame, layOutFlameGraph } from './flame-graph-frames.ts';
import { charWidth, footHeight, frameTop, pageWidth, rowHeight } from './flame-graph-measures.ts';
import { flameGraphScript } from './flame-graph-script.ts';
import { flameGraphStyle, frameKinds, shadeOf } from './flame-graph-style.ts';
import { type MergedStacks, mergeStacks } from './merged-stacks.ts';
import type { FrameKind } from './stack-tree.ts';
import { weightOf } from './stack-tree.ts';
import { TextBlock } from './text-blocks.ts';
import { escapeXml } from './xml-text.ts';

export const flameGraph: ExportFormat = {
  name: 'flamegraph',
  aliases: ['svg'],
  endings: ['.svg'],
  describe: 'a flame graph (SVG) to look at in a browser: zoom, search',
  *write(source, options, report) {
    const merged = mergeStacks(source, options, report);
    const layout = layOutFlameGraph(merged.stacks.root, merged.weight);
    const unit = unitOf(merged, source.timeIsNanoseconds);
    const heading = `${options.title}: ${headings[unit]}`;
    const facts = listFacts(merged, report, describeAmount(layout.total, unit));
    const height = frameTop + layout.rows * rowHeight + footHeight;
    const block = new TextBlock();
    block.add(headText({ heading, facts, height, kinds: [...new Set(layout.frames.map(({ node }) => node.kind))] }));
    for (const frame of layout.frames) {
      block.add(frameText(frame, layout.total, merged.weight, unit));
      if (block.isFull) yield* block.take();
    }
    block.add(footText(height, layout.omitted));
    yield* block.take();
  },
};

type Unit = 'ns' | 'clock' | 'calls' | 'samples';

const headings: Readonly<Record<Unit, string>> = {
  ns: 'time in kernel functions',
  clock: 'clock units in kernel functions',
  calls: 'calls of kernel functions',
  samples: 'stacks of events',
};

function unitOf({ weight, from }: MergedStacks, timeIsNanoseconds: boolean): Unit {
  if (weight === 'time') return timeIsNanoseconds ? 'ns' : 'clock';
  return from === 'trees' ? 'calls' : 'samples';
}

function listFacts({ from, merged, incomplete }: MergedStacks, { events, lost, lostGaps }: ExportReport, all: string) {
  const found = from === 'trees' ? plural(merged, 'call tree') : plural(merged, 'stack');
  const whole = incomplete === 0 ? '' : `, ${amount(incomplete)} of them not whole`;
  const gaps = lostGaps === 0 ? '' : ` · ${lost === 0 ? 'some' : amount(lost)} events were LOST while recording`;
  return `${found}${whole} · ${all} in all · from ${plural(events, 'event')}${gaps}`;
}

interface PageHead {
  readonly heading: string;
  readonly facts: string;
  readonly height: number;
  readonly kinds: readonly FrameKind[];
}

function headText({ heading, facts, height, kinds }: PageHead): string {
  const size = `width="${pageWidth}" height="${height}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" ${size} role="graphics-document" aria-label="${escapeXml(heading)}">
<title>${escapeXml(heading)}</title>
<style>${flameGraphStyle}</style>
<rect class="page" width="100%" height="100%"/>
<text class="heading" x="10" y="29">${escapeXml(heading)}</text>
<text class="facts" x="10" y="50">${escapeXml(facts)}</text>
${legendText(kinds)}<text class="hover" x="10" y="88"> </text>
`;
}

function legendText(kinds: readonly FrameKind[]): string {
  let at = 10;
  let text = '';
  for (const kind of (Object.keys(frameKinds) as FrameKind[]).filter(
    (kind) => kind !== 'rest' && kinds.includes(kind),
  )) {
    const { label } = frameKinds[kind];
    text += `<g class="${kind}0"><rect x="${at}" y="59" width="11" height="11" rx="2"/></g>`;
    text += `<text class="legend" x="${at + 16}" y="69">${label}</text>\n`;
    at += 36 + label.length * 7;
  }
  return text;
}

function footText(height: number, omitted: number): string {
  const left = omitted === 0 ? '' : ` · ${plural(omitted, 'frame')} too narrow to draw`;
  return `<text class="foot" x="10" y="${height - 12}">made by ftui${left}</text>
<script><![CDATA[${flameGraphScript}]]></script>
</svg>
`;
}

function frameText(
  { node, total, left, width, row }: DrawnFrame,
  all: number,
  weight: StackWeight,
  unit: Unit,
): string {
  const place = `x="${percent(left)}" y="${frameTop + row * rowHeight}" width="${percent(width)}" height="${rowHeight - 1}"`;
  const own = describeAmount(weightOf(node, weight), unit);
  const calls =
    unit === 'ns' && node.count > 0 ? `, ${plural(node.count, node.kind === 'task' ? 'tree' : 'call')}` : '';
  const kind = row === 0 ? '' : `, ${frameKinds[node.kind].label}`;
  const detail = `${describeAmount(total, unit)} (${((total / all) * 100).toFixed(2)} %), itself ${own}${calls}${kind}`;
  const label = labelText(node.name, width);
  const text = label === '' ? '' : `<text x="4" y="12.5">${escapeXml(label)}</text>`;
  return `<svg class="f ${node.kind}${shadeOf(node.name)}" ${place}><title>${escapeXml(node.name)}
${escapeXml(detail)}</title><rect width="100%" height="100%"/>${text}</svg>
`;
}

/** What of a name fits into its frame on a page of the usual width. */
function labelText(name: string, width: number): string {
  const fitting = Math.floor((width * pageWidth - 7) / charWidth);
  if (fitting < 3) return '';
  const letters = [...name];
  return letters.length <= fitting ? name : `${letters.slice(0, fitting - 1).join('')}…`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))}%`;
}

function describeAmount(value: number, unit: Unit): string {
  if (unit === 'samples') return plural(value, 'sample');
  if (unit === 'calls') return plural(value, 'call');
  return unit === 'ns' ? describeTime(value) : `${amount(value)} clock units`;
}

function describeTime(ns: number): string {
  if (ns < 1000) return `${Math.round(ns)} ns`;
  const [size, name] = ns < 1e6 ? [1e3, 'µs'] : ns < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  return `${(ns / size).toPrecision(4)} ${name}`;
}

function plural(count: number, noun: string): string {
  return `${amount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function amount(count: number): string {
  return Math.round(count).toLocaleString('en');
}
