/** What the Log shows of an item of a source. */
import { type SourceItem, visibleText } from '../../src/index.ts';

/** Safe for a terminal, without line ends. `nameOf` names functions. */
export function oneLine(item: SourceItem, nameOf: (address: bigint) => string): string {
  if (item.kind === 'lost') return item.count === undefined ? 'events lost' : `${item.count} events lost`;
  if (item.kind === 'damaged') return visibleText(item.reason);
  const { graph, call } = item;
  if (graph !== undefined) return `${graph.kind === 'entry' ? '->' : '<-'} ${nameOf(graph.func)}`;
  if (call !== undefined) return `${nameOf(call.func)}${call.parent === undefined ? '' : ` <- ${nameOf(call.parent)}`}`;
  return visibleText(item.text.replaceAll('\n', ' '));
}
