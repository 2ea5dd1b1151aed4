/** One profile of a speedscope file, put together while the events go by: head, what take() hands over, tail. */
import type { CallTree } from '../../call-graph/call-tree.ts';
import { quoteVisibly } from './json-text.ts';
import { visitPlacedCalls } from './placed-calls.ts';
import type { PlannedProfile } from './profile-batches.ts';
import type { StackSample } from './stack-samples.ts';
import { TextBlock } from './text-blocks.ts';

type FrameIndex = (frame: bigint | string) => number;

export class ProfileText {
  readonly #profile: PlannedProfile;
  readonly #span: { readonly start: number; readonly end: number };
  readonly #block = new TextBlock();
  #samples = 0;
  /** Where the tree before ended: profiles only go forward. */
  #until: number;
  #separator = '';

  constructor(profile: PlannedProfile, span: { readonly start: number; readonly end: number }) {
    this.#profile = profile;
    this.#span = span;
    this.#until = span.start;
  }

  head(timeIsNanoseconds: boolean): string {
    const { kind, name } = this.#profile;
    const unit = kind === 'evented' && timeIsNanoseconds ? 'nanoseconds' : 'none';
    const start = kind === 'evented' ? this.#span.start : 0;
    const list = kind === 'evented' ? 'events' : 'samples';
    return `{"type":"${kind}","name":${quoteVisibly(name)},"unit":"${unit}","startValue":${start},"${list}":[`;
  }

  addTree({ root }: CallTree, indexOf: FrameIndex, until: number): void {
    this.#until = visitPlacedCalls(
      root,
      { from: this.#until, until },
      {
        open: (node, start) => this.#event('O', indexOf(node.func), start),
        close: (node, end) => this.#event('C', indexOf(node.func), end),
      },
    );
  }

  addSample({ kernel = [], user = [] }: StackSample, indexOf: FrameIndex): void {
    this.#samples += 1;
    this.#add(`[${[...user.toReversed(), ...kernel.toReversed()].map(indexOf).join(',')}]`);
  }

  get isFull(): boolean {
    return this.#block.isFull;
  }

  /** What was added since the last call. */
  take(): readonly Uint8Array[] {
    return this.#block.take();
  }

  /** What is known only when all has been added comes last. */
  tail(): string {
    if (this.#profile.kind === 'evented') return `],"endValue":${Math.max(this.#until, this.#span.end)}}`;
    return `],"weights":[${'1,'.repeat(this.#samples).slice(0, -1)}],"endValue":${this.#samples}}`;
  }

  #event(type: 'O' | 'C', frame: number, at: number): void {
    this.#add(`{"type":"${type}","frame":${frame},"at":${at}}`);
  }

  #add(piece: string): void {
    this.#block.add(this.#separator + piece);
    this.#separator = ',';
  }
}
