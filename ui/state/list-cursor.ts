/** A cursor in a list of rows of height 1, and which part of the list is on the screen. */

export interface ListCursor {
  readonly at: number;
  /** The first row on the screen. */
  readonly top: number;
}

export const atFirst: ListCursor = { at: 0, top: 0 };

/** Keeps the cursor inside the list and on the screen. */
export function settle({ at, top }: ListCursor, length: number, height: number): ListCursor {
  const inside = Math.max(0, Math.min(at, length - 1));
  const lowest = Math.max(0, length - height);
  const shown = Math.max(inside - Math.max(height, 1) + 1, Math.min(top, inside, lowest));
  return { at: inside, top: Math.max(0, shown) };
}

/** Where an action of the group `move` leads; undefined for any other action. */
export function moveCursor(cursor: ListCursor, action: string, length: number, height: number): ListCursor | undefined {
  const page = Math.max(1, height - 1);
  const half = Math.max(1, Math.floor(height / 2));
  const moves: Readonly<Record<string, number>> = {
    down: 1,
    up: -1,
    'half-down': half,
    'half-up': -half,
    'page-down': page,
    'page-up': -page,
    first: Number.NEGATIVE_INFINITY,
    last: Number.POSITIVE_INFINITY,
  };
  const by = moves[action];
  if (by === undefined) {
    if (action !== 'centre') return undefined;
    return settle({ at: cursor.at, top: cursor.at - half }, length, height);
  }
  const isPaging = Math.abs(by) > 1 && Number.isFinite(by);
  return settle({ at: cursor.at + by, top: cursor.top + (isPaging ? by : 0) }, length, height);
}
