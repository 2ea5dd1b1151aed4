/**
 * One JSON object a line, of the shapes that the live commands print with --json (docs/json-output.md). What a recording
 * knows beyond these is added: `instance` where it is not the top level, `text` where an event has no fields.
 */
import type { CallNode } from '../../call-graph/call-tree.ts';
import type { KernelSymbolName } from '../../symbols/kallsyms.ts';
import type { EventSource, RecordedEvent, SourceItem } from '../event-source.ts';
import type { ExportFormat } from './export-format.ts';
import { FunctionNames } from './function-names.ts';
import { exactValue, quoteExactly } from './json-text.ts';
import { countItems } from './selected-items.ts';
import { listExportedFields } from './shown-fields.ts';
import { type TaskTree, TaskTrees } from './task-trees.ts';
import { TextBlock } from './text-blocks.ts';

export const jsonLines: ExportFormat = {
  name: 'jsonl',
  aliases: ['ndjson'],
  endings: ['.jsonl', '.ndjson'],
  describe: 'one JSON object a line, as the live commands print with --json',
  *write(source, { selection, filter }, report) {
    const block = new TextBlock();
    const printer = new JsonLinePrinter(source);
    const trees = new TaskTrees((tree) => {
      if (filter?.acceptsTree(tree.tree, tree.comm) ?? true) printer.addTree(block, tree);
    });
    for (const item of countItems(source, selection, report)) {
      trees.add(item);
      const isOfTree = item.kind === 'event' && item.graph !== undefined;
      if (!isOfTree && (filter?.accepts(item) ?? true)) block.add(`${printer.itemLine(item)}\n`);
      if (block.isFull) yield* block.take();
    }
    trees.finish();
    yield* block.take();
  },
};

class JsonLinePrinter {
  readonly #source: EventSource;
  readonly #names: FunctionNames;

  constructor(source: EventSource) {
    this.#source = source;
    this.#names = new FunctionNames(source);
  }

  itemLine(item: SourceItem): string {
    const head = `"time":${this.#time(item.time)},"cpu":${item.cpu}`;
    switch (item.kind) {
      case 'lost':
        return `{"type":"lost",${head},"count":${item.count ?? null}}`;
      case 'damaged':
        return `{"type":"damaged",${head},"reason":${quoteExactly(item.reason)}}`;
      case 'event':
        return item.stack === undefined ? this.#event(item, head) : this.#stack(item, item.stack, head);
    }
  }

  /** One line, written without recursion: a tree may be deeper than the stack of this program. */
  addTree(block: TextBlock, { tree, comm, instance }: TaskTree): void {
    const { root, pid, cpu, calls, omittedCalls, incomplete } = tree;
    block.add(`{"type":"tree","time":${this.#time(root.start)},"cpu":${cpu},"pid":${pid},"comm":${quoteExactly(comm)}`);
    block.add(`${instanceKey(instance)},"calls":${calls}`);
    if (omittedCalls > 0) block.add(`,"omittedCalls":${omittedCalls}`);
    if (incomplete) block.add(',"incomplete":true');
    block.add(',"root":');
    this.#addCall(block, root);
    block.add('}\n');
  }

  #addCall(block: TextBlock, root: CallNode): void {
    const open: { readonly node: CallNode; next: number }[] = [{ node: root, next: 0 }];
    block.add(this.#call(root));
    while (open.length > 0) {
      const top = open.at(-1)!;
      const child = top.node.children[top.next];
      if (child === undefined) {
        block.add(top.next > 0 ? ']}' : '}');
        open.pop();
        continue;
      }
      block.add(top.next === 0 ? ',"children":[' : ',');
      top.next += 1;
      block.add(this.#call(child));
      open.push({ node: child, next: 0 });
    }
  }

  /** A call up to its children, without the closing brace. */
  #call({ func, start, duration, selfTime, args, retval, interrupt, cut, omittedCalls }: CallNode): string {
    const words = args?.map((word) => `"0x${word.toString(16)}"`).join(',');
    return [
      `{"function":${functionKeys(func, this.#source.symbolName(func))},"time":${this.#time(start)}`,
      `,"duration":${duration ?? null},"self":${selfTime ?? null}`,
      words === undefined ? '' : `,"args":[${words}]`,
      retval === undefined ? '' : `,"retval":${BigInt.asIntN(64, retval)}`,
      interrupt ? ',"interrupt":true' : '',
      cut === undefined ? '' : `,"cut":"${cut}"`,
      omittedCalls > 0 ? `,"omittedCalls":${omittedCalls}` : '',
    ].join('');
  }

  #event(event: RecordedEvent, head: string): string {
    const { pid, comm, instance, system, name, call } = event;
    const task = `"pid":${pid},"comm":${quoteExactly(comm)}${instanceKey(instance)}`;
    const who = `{"type":"event",${head},${task},"system":${quoteExactly(system ?? '')},"event":${quoteExactly(name)}`;
    if (call === undefined) return `${who}${fieldKeys(event)}}`;
    const parent = call.parent === undefined ? 'null' : quoteExactly(this.#names.labelOf(call.parent));
    return `${who},"fields":{"function":${quoteExactly(this.#names.labelOf(call.func))},"caller":${parent}}}`;
  }

  #stack({ pid, instance }: RecordedEvent, stack: NonNullable<RecordedEvent['stack']>, head: string): string {
    const frames = stack.frames.map((frame) => quoteExactly(this.#names.labelOf(frame))).join(',');
    return `{"type":"stack",${head},"pid":${pid}${instanceKey(instance)},"kind":"${stack.kind}_stack","frames":[${frames}]}`;
  }

  /** Exact beyond 2^53, too: clocks of wall time are. */
  #time(time: number): string {
    return String(this.#source.origin + BigInt(Math.round(time)));
  }
}

function functionKeys(func: bigint, symbol: KernelSymbolName | undefined): string {
  if (symbol === undefined) return `"0x${BigInt.asUintN(64, func).toString(16)}"`;
  const { name, module } = symbol;
  return `${quoteExactly(name)}${module === undefined ? '' : `,"module":${quoteExactly(module)}`}`;
}

function instanceKey(instance: string): string {
  return instance === '' ? '' : `,"instance":${quoteExactly(instance)}`;
}

function fieldKeys(event: RecordedEvent): string {
  const fields = listExportedFields(event);
  if (fields === undefined) return `,"fields":{},"text":${quoteExactly(event.text)}`;
  return `,"fields":{${fields.map(({ name, value, inHex }) => `${quoteExactly(name)}:${exactValue(value, inHex)}`).join(',')}}`;
}
