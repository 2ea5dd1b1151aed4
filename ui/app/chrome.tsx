/** What Ink draws: the lines below the body, and all of the screen where the painter is off. */
import { Box, Text } from 'ink';
import { type ReactElement, useSyncExternalStore } from 'react';
import type { Frame } from './layout.ts';

/** The frame that is to be on the screen, and who wants to know of a new one. */
export class FrameStore {
  #frame: Frame = { top: [], body: [], bodyHeight: 0, listHeight: 0, paneHeight: 0, bottom: [] };
  readonly #listeners = new Set<() => void>();

  get frame(): Frame {
    return this.#frame;
  }

  /** Ink is told only when something that it draws has changed. */
  set(frame: Frame, drawsBody: boolean): boolean {
    const before = this.#frame;
    const isSame =
      frame.bodyHeight === before.bodyHeight &&
      frame.listHeight === before.listHeight &&
      frame.paneHeight === before.paneHeight &&
      frame.top.length === before.top.length &&
      areSame(frame.bottom, before.bottom) &&
      (!drawsBody || (areSame(frame.top, before.top) && areSame(frame.body, before.body)));
    if (isSame) return false;
    this.#frame = frame;
    for (const listener of this.#listeners) listener();
    return true;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

function areSame(lines: readonly string[], others: readonly string[]): boolean {
  return lines.length === others.length && lines.every((line, index) => line === others[index]);
}

export interface ChromeProps {
  readonly store: FrameStore;
  /** Draw what is above the bottom as well: without the painter. */
  readonly drawsBody: boolean;
}

export function Chrome({ store, drawsBody }: ChromeProps): ReactElement {
  const { top, body, bodyHeight, bottom } = useSyncExternalStore(store.subscribe, () => store.frame);
  return (
    <Box flexDirection="column">
      <Box flexDirection="column" height={top.length + bodyHeight} flexShrink={0}>
        {drawsBody ? <Lines lines={[...top, ...body]} /> : null}
      </Box>
      <Lines lines={bottom} />
    </Box>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }): ReactElement {
  return (
    <>
      {lines.map((line, index) => (
        <Text key={index} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </>
  );
}
