/** A screen with its state, driven by keys, actions and text as the app would; and checks of what it draws. */
import { expect } from 'vitest';
import { findAction } from '../../ui/keys/key-table.ts';
import type { Effect } from '../../ui/state/effect.ts';
import type { Models } from '../../ui/state/models.ts';
import type { Screen, ScreenEvent, ScreenView, ViewContext } from '../../ui/state/screen.ts';
import { cellWidth } from '../../ui/terminal/line.ts';
import { createStyle } from '../../ui/terminal/style.ts';
import { fakeModels } from './fake-models.ts';

export interface ContextOptions {
  readonly models?: Models;
  readonly width?: number;
  readonly height?: number;
  readonly now?: number;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

/** 80x24 less the header and the key bar. */
export function makeContext(options: ContextOptions = {}): ViewContext {
  const { models = fakeModels(), width = 80, height = 22, now = 0, color = true, ascii = false } = options;
  return { width, height, paneRows: 0, now, models, style: createStyle({ color, ascii }) };
}

export class ScreenDriver<State> {
  state: State;
  /** All effects since the last `take`. */
  effects: Effect[] = [];
  context: ViewContext;
  readonly screen: Screen<State>;

  constructor(screen: Screen<State>, context = makeContext()) {
    this.screen = screen;
    this.context = context;
    this.state = screen.initial();
    this.send({ kind: 'tick' });
  }

  send(event: ScreenEvent): this {
    const { state, effects = [] } = this.screen.update(this.state, event, this.context);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  action(action: string, letter?: string): this {
    return this.send({ kind: 'action', action, letter });
  }

  /** Keys by their names, through the key table. */
  press(...keys: readonly string[]): this {
    for (const key of keys) {
      const action = findAction(key, this.screen.id);
      expect(action, `${key} on ${this.screen.id}`).toBeDefined();
      this.action(action!);
    }
    return this;
  }

  /** Characters into a search box. */
  type(text: string): this {
    for (const key of text) this.send({ kind: 'typed', key });
    return this;
  }

  command(text: string): this {
    return this.send({ kind: 'command', words: text.split(' ') });
  }

  /** Other models or another size; then a tick. */
  with(options: ContextOptions): this {
    const { width, height, now, models } = this.context;
    this.context = makeContext({ width, height, now, models, ...options });
    return this.send({ kind: 'tick' });
  }

  take(): readonly Effect[] {
    const effects = this.effects;
    this.effects = [];
    return effects;
  }

  get view(): ScreenView {
    return this.screen.view(this.state, this.context);
  }

  /** What is on the screen, without looks. */
  get text(): string {
    return plainLines(this.view).join('\n');
  }

  get body(): readonly string[] {
    return this.view.body.map(stripLooks);
  }
}

/** Attributes (SGR) only: any other control sequence stays and is found. */
export function stripLooks(line: string): string {
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}

export function plainLines({ head, body, detail }: ScreenView): string[] {
  return [...head, ...body, ...detail].map(stripLooks);
}

/** Nothing is wider or higher than the screen, and no byte of it could be taken for a command. */
export function expectSound(view: ScreenView, { width, height }: ViewContext): void {
  const lines = plainLines(view);
  for (const line of lines) {
    expect(cellWidth(line), line).toBeLessThanOrEqual(width);
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  }
  expect(view.head.length + view.detail.length).toBeLessThan(height);
  expect(lines.length).toBeLessThanOrEqual(height);
}

/** 60x12, 80x24 and 160x50 less the header and the key bar. */
export const sizes = [
  { width: 60, height: 10 },
  { width: 80, height: 22 },
  { width: 160, height: 48 },
] as const;

export const looks = [
  { color: true, ascii: false },
  { color: false, ascii: true },
] as const;
