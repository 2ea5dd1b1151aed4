/** What every screen is: a pure state, a pure view of it, and what its keys do. */
import type { ScreenId } from '../keys/key-table.ts';
import type { Style } from '../terminal/style.ts';
import type { Effect } from './effect.ts';
import type { Models } from './models.ts';

/** What a screen is drawn with. */
export interface ViewContext {
  readonly width: number;
  /** Lines for head, body and detail together. */
  readonly height: number;
  /** Lines of a command that its pane shows. */
  readonly paneRows: number;
  readonly style: Style;
  readonly models: Models;
  /** ms; for what is shown for a while only. */
  readonly now: number;
}

export interface ScreenView {
  /** The path that led here, behind the program's name. */
  readonly crumbs: readonly string[];
  /** Painted lines above the body: tabs, filters, column names. */
  readonly head: readonly string[];
  /** Painted rows; those that are missing stay empty. */
  readonly body: readonly string[];
  /** Painted lines below the body. */
  readonly detail: readonly string[];
}

/** What can happen to a screen. */
export type ScreenEvent =
  | { readonly kind: 'action'; readonly action: string; readonly letter?: string | undefined }
  /** A character typed where a screen takes text; `key` as the decoder names it. */
  | { readonly kind: 'typed'; readonly key: string }
  /** The mouse, in rows of the body. */
  | { readonly kind: 'click'; readonly row: number; readonly x: number }
  | { readonly kind: 'wheel'; readonly rows: number }
  | { readonly kind: 'search'; readonly query: string }
  | { readonly kind: 'filter'; readonly text: string }
  /** Words typed behind `:`. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  /** The data has changed. */
  | { readonly kind: 'tick' };

export interface Update<State> {
  readonly state: State;
  readonly effects?: readonly Effect[];
}

export interface Screen<State> {
  readonly id: ScreenId;
  /** The name in the palette and the header. */
  readonly title: string;
  initial(): State;
  view(state: State, context: ViewContext): ScreenView;
  update(state: State, event: ScreenEvent, context: ViewContext): Update<State>;
  /** Whether keys are text now (a search box has the focus). */
  takesText?(state: State): boolean;
}
