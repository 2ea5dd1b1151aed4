/** The Record screen as lines: the recording that runs, the one that is replayed, and the files there are. */
import { type RecentRecording, visibleText } from '../../../src/index.ts';
import type { Transport } from '../../state/models.ts';
import type { ScreenView, ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatClock, formatCount, formatShare, formatSize, formatWhole } from '../../terminal/quantities.ts';
import type { Paint, Style } from '../../terminal/style.ts';
import { detailBlock, emptyLines } from '../screen-lines.ts';
import type { RecordState } from './record-state.ts';

const headLines = 3;

function detailLines(height: number): number {
  return height >= 9 ? 2 : 0;
}

export function bodyHeight({ height }: Pick<ViewContext, 'height'>): number {
  return Math.max(1, height - headLines - detailLines(height));
}

export function recordView(state: RecordState, context: ViewContext): ScreenView {
  const { models, height } = context;
  return {
    crumbs: ['record'],
    head: [captureLine(context), transportLine(context), headingLine(context)],
    body:
      models.recent.length === 0
        ? emptyLines([noRecordings(models.recording !== undefined)], context)
        : bodyLines(state, context),
    detail: detailBlock(detailTexts(state, context), detailLines(height), context),
  };
}

function noRecordings(isRecording: boolean): string {
  const how = isRecording ? 'w ends this one' : 'w records what is traced';
  return `There are no recordings yet: ${how}, :open FILE replays a file.`;
}

/** The recording that runs, or how to begin one. */
function captureLine({ width, style, models }: ViewContext): string {
  const line = new Line(width, style).add(' ');
  const { recording, isTracing, status } = models;
  if (recording !== undefined) {
    const { path, bytes, events, ms, lost } = recording;
    line
      .add('REC ', style.error)
      .add(visibleText(path), style.bold)
      .add(`  ${formatClock(ms)}  ${formatSize(bytes)}`);
    line.add(`  ${formatCount(events)} events, ${formatCount(ms > 0 ? (events * 1000) / ms : 0)}/s`);
    line.add(`  lost ${formatCount(lost)}`, lost > 0 ? style.error : undefined);
    return line.add('  w ends it', style.dim).toString();
  }
  if (isTracing) return line.add(`not recording; w records what is traced: ${visibleText(status.title)}`).toString();
  const words =
    status.kind === 'recording'
      ? `this is ${visibleText(status.title)}, replayed`
      : 'nothing is traced: choose in Browse (2), then w records it';
  return line.add(words, style.dim).toString();
}

/** Where the replay is: `00:00:12/00:01:40 [====----] 12% playing at 0.1x`. */
function transportLine({ width, style, models }: ViewContext): string {
  const line = new Line(width, style).add(' ');
  const { transport, status } = models;
  if (transport === undefined) {
    return status.share === undefined ? '' : line.add(`loaded ${formatShare(status.share)}`, style.dim).toString();
  }
  const { atMs, lengthMs } = transport;
  const share = lengthMs > 0 ? Math.min(1, atMs / lengthMs) : 0;
  line.add(`${formatClock(atMs)}/${formatClock(lengthMs)} `).add('[', style.dim);
  line.add(progressBar(share, Math.max(8, Math.min(60, width - 58)), style), style.good).add('] ', style.dim);
  return line.add(`${formatShare(share)}  ${playText(transport)}`, style.bold).toString();
}

function playText({ isPlaying, speed, atMs, lengthMs }: Transport): string {
  if (!isPlaying) return 'held';
  if (speed === 0) return atMs >= lengthMs ? 'all of it is shown' : 'loading';
  return `playing at ${speed >= 0.01 ? Number(speed.toFixed(2)) : speed.toPrecision(1)}x`;
}

/** `cells` cells, filled to a share from the left. */
export function progressBar(share: number, cells: number, { glyphs }: Style): string {
  const { bars } = glyphs;
  const steps = bars.length - 1;
  const filled = Math.round(Math.max(0, Math.min(1, share)) * cells * steps);
  const full = Math.floor(filled / steps);
  const part = full < cells ? bars[filled % steps]! : '';
  return bars[steps]!.repeat(full) + part + bars[0]!.repeat(Math.max(0, cells - full - 1));
}

function headingLine({ width, style }: ViewContext): string {
  const line = new Line(width, style).add('  ').cell('RECORDING', fileWidth(width));
  line.add(' ').cell('SIZE', 9, 'right').add(' ').cell('EVENTS', 7, 'right');
  return style.dim(line.add('  WHEN').toString());
}

function fileWidth(width: number): number {
  return Math.max(16, width - 48);
}

function bodyLines({ cursor }: RecordState, context: ViewContext): string[] {
  const shown = context.models.recent.slice(cursor.top, cursor.top + bodyHeight(context));
  return shown.map((recording, index) => drawRecording(recording, cursor.top + index === cursor.at, context));
}

function drawRecording(recording: RecentRecording, isCursor: boolean, { width, style }: ViewContext): string {
  const { path, bytes, events, how, time, isThere } = recording;
  const paintIf = (paint: Paint): Paint | undefined => (isCursor ? undefined : paint);
  const line = new Line(width, style).add(isCursor ? ` ${style.glyphs.cursor}` : '  ');
  line.cell(
    shortPath(visibleText(path), fileWidth(width) - 1, style),
    fileWidth(width),
    'left',
    isThere ? undefined : paintIf(style.dim),
  );
  line.cell(bytes === undefined ? '' : formatSize(bytes), 9, 'right').add(' ');
  line.cell(events === undefined ? '' : formatCount(events), 7, 'right').add('  ');
  line.add(isThere ? `${how} ${whenText(time)}` : 'not there any more', paintIf(style.dim));
  return isCursor ? line.filled(style.inverse) : line.toString();
}

/** The end of a path says more than its beginning. */
function shortPath(path: string, width: number, { glyphs }: Style): string {
  return path.length <= width ? path : glyphs.more + path.slice(path.length - width + 1);
}

function whenText(time: string): string {
  return visibleText(time.slice(0, 16).replace('T', ' '));
}

function detailTexts({ cursor }: RecordState, { width, style, models }: ViewContext): string[] {
  const recording = models.recent[cursor.at];
  if (recording === undefined) return [];
  const { path, bytes, events, isThere } = recording;
  // The facts behind the path have room on every screen.
  const line = new Line(width, style).add(` ${shortPath(visibleText(path), width - 46, style)}`, style.bold);
  if (!isThere) return [line.add('  the file is not there any more', style.error).toString()];
  if (events !== undefined) line.add(`  ${formatWhole(events)} events`);
  if (bytes !== undefined) line.add(`  ${formatWhole(bytes)} bytes`);
  return [line.add('  Enter replays it', style.dim).toString()];
}
