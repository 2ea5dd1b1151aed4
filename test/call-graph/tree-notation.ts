/**
 * Call trees as text for tests: TraceScript.run takes a trace as short steps, and `text` gives the trees as indented lines.
 */
import { asCpuId, asPid } from '../../src/base/units.ts';
import type { CallNode, CallTree } from '../../src/call-graph/call-tree.ts';
import { CallTreeBuilder, type CallTreeOptions } from '../../src/call-graph/call-tree-builder.ts';
import type { GraphRecord } from '../../src/call-graph/graph-record.ts';

export const addressOf = (name: string): bigint => BigInt(name.charCodeAt(0));
const nameOf = (address: bigint): string => String.fromCharCode(Number(address));

export const entry = (name: string, depth: number): GraphRecord => ({
  kind: 'entry',
  func: addressOf(name),
  depth,
  args: undefined,
  retaddr: undefined,
});

export const exit = (name: string, depth: number, duration?: number, retval?: bigint): GraphRecord => ({
  kind: 'exit',
  func: addressOf(name),
  depth,
  overrun: 0,
  duration,
  calltime: undefined,
  rettime: undefined,
  retval,
});

export class TraceScript {
  readonly trees: CallTree[] = [];
  readonly builder: CallTreeBuilder;
  #time = 0;

  constructor(options: Omit<CallTreeOptions, 'onTree'> = {}) {
    this.builder = new CallTreeBuilder({ ...options, onTree: (tree) => this.trees.push(tree) });
  }

  /**
   * Steps of one task: `a0` enters function a at depth 0, `-a0` returns from it, `!a0` enters in a hard interrupt, `?`
   * is a lost mark of the CPU.
   */
  run(steps: string, { pid = 7, cpu = 0 }: { pid?: number; cpu?: number } = {}): this {
    for (const step of steps.split(' ')) {
      this.#time += 1000;
      const [, sign, name, depth] = /^([-!]?)(?:(\w)(\d+))?\??$/.exec(step)!;
      if (step === '?') this.builder.lost(asCpuId(cpu));
      else {
        const record = sign === '-' ? exit(name!, Number(depth)) : entry(name!, Number(depth));
        this.builder.add(asCpuId(cpu), asPid(pid), sign === '!' ? 8 : 0, this.#time, record);
      }
    }
    return this;
  }

  /** All delivered trees, one after the other: `name duration/self marks`, in us. */
  get text(): string {
    return this.trees.flatMap(({ root }) => describeNode(root, 0)).join('\n');
  }
}

function describeNode(node: CallNode, level: number): string[] {
  const { duration, selfTime, cut, interrupt, omittedCalls } = node;
  const times = duration === undefined ? '?' : `${duration / 1000}/${selfTime! / 1000}`;
  const marks = [interrupt ? 'irq' : '', cut ?? '', omittedCalls ? `+${omittedCalls}` : ''].filter(Boolean);
  const line = `${'  '.repeat(level)}${[nameOf(node.func), times, ...marks].join(' ')}`;
  return [line, ...node.children.flatMap((child) => describeNode(child, level + 1))];
}

/** A template literal's lines without the common indentation. */
export function tree(strings: TemplateStringsArray): string {
  const lines = strings[0]!.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}
