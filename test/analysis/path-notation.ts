/** Call paths as text for tests: a trace as short steps, and the merged paths as indented lines. */
import { CallPaths, type CallPathsOptions } from '../../src/analysis/call-paths.ts';
import { childrenOf, funcOf, groupOf, isInterrupt, kindOf } from '../../src/analysis/path-stats.ts';

/** Functions are letters, and their numbers the letters' codes. */
export const funcNumber = (name: string): number => name.charCodeAt(0);

export interface StepPlace {
  readonly pid?: number;
  readonly cpu?: number;
}

export class PathScript {
  readonly paths: CallPaths;
  /** ns; each step takes 1 us. */
  time = 0;

  constructor(options: CallPathsOptions = {}) {
    this.paths = new CallPaths(options);
  }

  /**
   * Steps of one task: `a0` enters function a at depth 0, `-a0` returns from it, `-a0=-2` with a value, `!a0` enters in a
   * hard interrupt, `?` is a loss of the CPU.
   */
  run(steps: string, { pid = 7, cpu = 0 }: StepPlace = {}): this {
    for (const step of steps.split(' ')) {
      this.time += 1000;
      const [, sign, name, depth, value] = /^([-!]?)(?:(\w)(\d+))?(?:=(-?\d+))?\??$/.exec(step)!;
      if (step === '?') this.paths.lost(cpu);
      else if (sign === '-') this.#exit(cpu, pid, funcNumber(name!), Number(depth), value);
      else this.paths.enter(cpu, pid, sign === '!' ? 8 : 0, this.time, funcNumber(name!), Number(depth));
    }
    return this;
  }

  #exit(cpu: number, pid: number, func: number, depth: number, value: string | undefined): void {
    const word = BigInt.asUintN(64, BigInt(value ?? 0));
    const high = value === undefined ? -1 : Number(word >> 32n);
    this.paths.exit(cpu, pid, this.time, func, depth, -1, high, Number(word & 0xffffffffn));
  }

  /** Every node but 0: `name calls total/self`, in us, `!` on interrupts, `cut N`, `running N`. */
  get text(): string {
    return describe(this.paths, 0, '').join('\n');
  }
}

function describe(paths: CallPaths, node: number, indent: string): string[] {
  return childrenOf(paths, node)
    .sort((a, b) => paths.nodes.key[a]! - paths.nodes.key[b]!)
    .flatMap((child) => [`${indent}${describeNode(paths, child)}`, ...describe(paths, child, `${indent}  `)]);
}

function describeNode(paths: CallPaths, node: number): string {
  const { nodes } = paths;
  const kind = kindOf(paths, node);
  const name =
    kind === 'group'
      ? `[${groupOf(paths, node)!.key}]`
      : kind === 'more'
        ? `... ${nodes.merged[node]} more`
        : `${String.fromCharCode(funcOf(paths, node))}${isInterrupt(paths, node) ? '!' : ''}`;
  const marks = [
    ...(nodes.cut[node]! > 0 ? [` cut ${nodes.cut[node]}`] : []),
    ...(nodes.running(node) > 0 ? [` running ${nodes.running(node)}`] : []),
  ];
  return `${name} ${nodes.calls[node]} ${nodes.total[node]! / 1000}/${nodes.self[node]! / 1000}${marks.join('')}`;
}

/** Pseudo-random numbers in [0, below), the same for the same seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
