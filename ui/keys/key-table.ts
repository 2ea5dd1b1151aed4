/**
 * Every key of the interactive session, in one table: help, key bar, palette, docs/keys.md and the test for conflicts are
 * made from it. A key may mean different things on different screens, never two on one.
 */

export const screenIds = ['home', 'browse', 'events', 'graph', 'log', 'record'] as const;
export type ScreenId = (typeof screenIds)[number];

export type KeyGroup = 'move' | 'tree' | 'jump' | 'find' | 'filter' | 'view' | 'control' | 'app';

export interface KeyRow {
  /** What the screens and the palette know it by. */
  readonly action: string;
  /** Names as the key decoder gives them; a prefix and a letter (`m a`) are `m *`. */
  readonly keys: readonly string[];
  readonly group: KeyGroup;
  /** The screens on which it means this; undefined on all. */
  readonly screens?: readonly ScreenId[];
  readonly help: string;
  /** A word for the key bar, where it belongs there; rows in order of the table. */
  readonly bar?: string;
}

const lists: readonly ScreenId[] = ['browse', 'events', 'graph', 'log', 'record', 'home'];
const graph: readonly ScreenId[] = ['graph'];
const browse: readonly ScreenId[] = ['browse'];
const events: readonly ScreenId[] = ['events'];
const record: readonly ScreenId[] = ['record'];
const streams: readonly ScreenId[] = ['graph', 'log'];
const live: readonly ScreenId[] = ['events', 'graph', 'log'];

// biome-ignore format: a row of the table is a line
export const keyTable: readonly KeyRow[] = [
  { action: 'open', keys: ['Enter'], group: 'tree', screens: ['home', 'events', 'record'], help: 'Open what the cursor is on', bar: 'open' },
  { action: 'trace', keys: ['Enter'], group: 'control', screens: browse, help: 'Trace what is chosen (or what the cursor is on)', bar: 'trace' },
  { action: 'fold', keys: ['Enter', 'Space'], group: 'tree', screens: graph, help: 'Fold or unfold; in the list of calls, open the very tree', bar: 'fold' },
  { action: 'choose', keys: ['Space'], group: 'control', screens: browse, help: 'Choose, or take out of what is chosen', bar: 'choose' },
  { action: 'detail', keys: ['Enter', 'v'], group: 'view', screens: ['log'], help: 'All fields of the event', bar: 'detail' },

  { action: 'down', keys: ['j', 'Down'], group: 'move', screens: lists, help: 'One row down' },
  { action: 'up', keys: ['k', 'Up'], group: 'move', screens: lists, help: 'One row up' },
  { action: 'half-down', keys: ['Ctrl-D'], group: 'move', screens: lists, help: 'Half a screen down' },
  { action: 'half-up', keys: ['Ctrl-U'], group: 'move', screens: lists, help: 'Half a screen up' },
  { action: 'page-down', keys: ['PageDown', 'Ctrl-F'], group: 'move', screens: lists, help: 'A screen down' },
  { action: 'page-up', keys: ['PageUp', 'Ctrl-B'], group: 'move', screens: lists, help: 'A screen up' },
  { action: 'first', keys: ['g', 'Home'], group: 'move', screens: lists, help: 'The first row' },
  { action: 'last', keys: ['G', 'End'], group: 'move', screens: lists, help: 'The last row; in streams, follow the newest' },
  { action: 'pan-left', keys: ['Shift-Left'], group: 'move', screens: streams, help: 'Shift the columns left' },
  { action: 'pan-right', keys: ['Shift-Right'], group: 'move', screens: streams, help: 'Shift the columns right' },
  { action: 'centre', keys: ['z'], group: 'move', screens: streams, help: 'Bring the cursor to the middle of the screen' },

  { action: 'fold-or-parent', keys: ['h', 'Left'], group: 'tree', screens: graph, help: 'Fold, or go to the caller' },
  { action: 'unfold-or-child', keys: ['l', 'Right'], group: 'tree', screens: graph, help: 'Unfold, or go to the first callee' },
  { action: 'parent', keys: ['u'], group: 'tree', screens: graph, help: 'Go to the caller' },
  { action: 'level-more', keys: ['+', '='], group: 'tree', screens: graph, help: 'One level more everywhere; in the timeline, zoom in' },
  { action: 'level-less', keys: ['-'], group: 'tree', screens: graph, help: 'One level less everywhere; in the timeline, zoom out' },
  { action: 'unfold-all', keys: ['E'], group: 'tree', screens: graph, help: 'Unfold all below the cursor' },
  { action: 'fold-all', keys: ['C'], group: 'tree', screens: graph, help: 'Fold all below the cursor' },
  { action: 'hot-only', keys: ['*'], group: 'tree', screens: graph, help: 'Fold all but the hot path' },
  { action: 'longest', keys: ['L'], group: 'jump', screens: graph, help: 'Step to the callee that takes longest', bar: 'longest' },

  { action: 'next-sibling', keys: ['}'], group: 'jump', screens: graph, help: 'The next callee of the same caller' },
  { action: 'previous-sibling', keys: ['{'], group: 'jump', screens: graph, help: 'The callee before it' },
  { action: 'next-slow', keys: [']'], group: 'jump', screens: graph, help: 'The next slow call (at or above p99, or :slow 5ms)', bar: 'slow' },
  { action: 'previous-slow', keys: ['['], group: 'jump', screens: graph, help: 'The slow call before' },
  { action: 'next-error', keys: [')'], group: 'jump', screens: graph, help: 'The next call that returned an error' },
  { action: 'previous-error', keys: ['('], group: 'jump', screens: graph, help: 'The failed call before' },
  { action: 'next-gap', keys: ['!'], group: 'jump', screens: streams, help: 'The next place where events were lost' },
  { action: 'slowest', keys: ['S'], group: 'jump', screens: graph, help: 'The slowest call of this function, as it was' },
  { action: 'mark', keys: ['m *'], group: 'jump', screens: streams, help: 'Set the mark a to z here' },
  { action: 'go-mark', keys: ["' *"], group: 'jump', screens: streams, help: 'Go to the mark a to z' },
  { action: 'mark-a', keys: ['A'], group: 'jump', screens: streams, help: 'Set the time mark A' },
  { action: 'mark-b', keys: ['B'], group: 'jump', screens: streams, help: 'Set the time mark B; A and B are a span of time' },
  { action: 'back-place', keys: ['Ctrl-O'], group: 'jump', screens: streams, help: 'Back to the place before the last jump' },

  { action: 'search', keys: ['/'], group: 'find', screens: live, help: 'Search: text, re:REGEX, =exact', bar: 'find' },
  { action: 'next-match', keys: ['n'], group: 'find', screens: live, help: 'The next match' },
  { action: 'previous-match', keys: ['N'], group: 'find', screens: live, help: 'The match before' },
  { action: 'search-box', keys: ['/'], group: 'find', screens: browse, help: 'Type into the search box: text, re:REGEX, =exact; Esc leaves it', bar: 'find' },

  { action: 'filter', keys: ['&', '\\'], group: 'filter', screens: live, help: 'Add a filter: task:bash cpu:3 dur>1ms ret<0 !fn:irq*', bar: 'filter' },
  { action: 'filters', keys: ['F'], group: 'filter', screens: live, help: 'The filters in force; each can be turned off' },
  { action: 'zoom', keys: ['Z'], group: 'filter', screens: graph, help: 'Only this subtree, or the span between A and B' },
  { action: 'unzoom', keys: ['0'], group: 'filter', screens: graph, help: 'All of it again' },
  { action: 'pop-filter', keys: ['Backspace'], group: 'filter', screens: live, help: 'Take back the last filter or zoom' },

  { action: 'tree-view', keys: ['t'], group: 'view', screens: graph, help: 'Calls merged by path' },
  { action: 'calls-view', keys: ['c'], group: 'view', screens: graph, help: 'Single calls in order of time' },
  { action: 'functions-view', keys: ['r'], group: 'view', screens: graph, help: 'Totals of each function' },
  { action: 'callers-view', keys: ['b'], group: 'view', screens: graph, help: 'Who calls this function' },
  { action: 'flame-view', keys: ['i'], group: 'view', screens: graph, help: 'Flame graph (icicle) of this subtree; Enter zooms' },
  { action: 'timeline', keys: ['T'], group: 'view', screens: graph, help: 'Timeline of the CPUs and tasks' },
  { action: 'next-pane', keys: ['Tab'], group: 'view', screens: ['browse', 'graph', 'home'], help: 'The next pane' },
  { action: 'previous-pane', keys: ['Shift-Tab'], group: 'view', screens: ['browse', 'graph', 'home'], help: 'The pane before' },
  { action: 'columns', keys: ['o'], group: 'view', screens: ['graph', 'events', 'log'], help: 'Which columns are shown' },
  { action: 'sort-left', keys: ['<'], group: 'view', screens: ['graph', 'events'], help: 'Sort by the column to the left' },
  { action: 'sort-right', keys: ['>'], group: 'view', screens: ['graph', 'events'], help: 'Sort by the column to the right' },
  { action: 'invert', keys: ['I'], group: 'view', screens: ['graph', 'events'], help: 'Turn the order around' },
  { action: 'percent', keys: ['%'], group: 'view', screens: ['graph', 'events'], help: 'Absolute, % of the root, % of the caller; rates on a log scale' },
  { action: 'detail', keys: ['v'], group: 'view', screens: ['graph', 'events', 'browse', 'home', 'record'], help: 'All about the row under the cursor' },

  { action: 'choose-all', keys: ['Ctrl-A', 'a'], group: 'control', screens: browse, help: 'Choose all that match', bar: 'all' },
  { action: 'clear-chosen', keys: ['Ctrl-X', 'x'], group: 'control', screens: browse, help: 'Choose nothing' },
  { action: 'how', keys: ['Ctrl-T', 't'], group: 'control', screens: browse, help: 'How it is traced: functions with what they call or alone; symbols at their entry or return', bar: 'how' },
  { action: 'program', keys: ['Ctrl-R', 'b'], group: 'control', screens: browse, help: 'The symbols of a program or library', bar: 'program' },
  { action: 'toggle', keys: ['Space'], group: 'control', screens: events, help: 'Turn the event on or off', bar: 'on/off' },
  { action: 'play', keys: ['Space', 'p'], group: 'control', screens: record, help: 'Play the recording, or hold it', bar: 'play' },
  { action: 'seek-back', keys: [',', 'Left'], group: 'control', screens: record, help: 'Back in the recording by 1 %' },
  { action: 'seek-on', keys: ['.', 'Right'], group: 'control', screens: record, help: 'On in the recording by 1 %' },
  { action: 'slower', keys: ['-'], group: 'control', screens: record, help: 'Play at half the speed' },
  { action: 'faster', keys: ['+', '='], group: 'control', screens: record, help: 'Play at twice the speed' },
  { action: 'pause', keys: ['p'], group: 'control', screens: live, help: 'Hold the screen still; the capture goes on', bar: 'pause' },
  { action: 'stop', keys: ['s'], group: 'control', screens: [...live, 'record'], help: 'Stop tracing, or start it again' },
  { action: 'follow', keys: ['f'], group: 'control', screens: streams, help: 'Follow the newest' },
  { action: 'record', keys: ['w'], group: 'control', screens: [...live, 'record'], help: 'Record to a file, or end the recording', bar: 'record' },
  { action: 'reset', keys: ['R'], group: 'control', screens: live, help: 'Begin the totals anew' },
  { action: 'step-back', keys: [','], group: 'control', screens: streams, help: 'One call back, in the log one event' },
  { action: 'step-on', keys: ['.'], group: 'control', screens: streams, help: 'One call on, in the log one event' },
  { action: 'copy', keys: ['y'], group: 'control', screens: lists, help: 'Copy the row (OSC 52)' },
  { action: 'copy-all', keys: ['Y'], group: 'control', screens: ['graph', 'log', 'events'], help: 'Copy the subtree, or all rows shown, as text' },
  { action: 'export', keys: ['x'], group: 'control', screens: streams, help: 'Write what is shown to a file: text, JSON, folded, SVG, Perfetto' },
  { action: 'source', keys: ['O'], group: 'control', screens: ['graph', 'log', 'browse'], help: 'Open the source line in $EDITOR, where debug info knows it' },

  { action: 'screen-home', keys: ['1'], group: 'app', help: 'Home: what works here, recent recordings' },
  { action: 'screen-browse', keys: ['2'], group: 'app', help: 'Browse functions, events, probes and symbols' },
  { action: 'screen-events', keys: ['3'], group: 'app', help: 'Events and their rates' },
  { action: 'screen-graph', keys: ['4'], group: 'app', help: 'Call trees' },
  { action: 'screen-log', keys: ['5'], group: 'app', help: 'All events as they came' },
  { action: 'screen-record', keys: ['6'], group: 'app', help: 'Recordings: make one, replay one' },
  { action: 'help', keys: ['?', 'F1'], group: 'app', help: 'The keys of this screen', bar: 'help' },
  { action: 'palette', keys: [':'], group: 'app', help: 'Any action by its name, and commands: :graph FUNC, :depth 5', bar: 'command' },
  { action: 'command', keys: ['$', 'Ctrl-]'], group: 'app', help: 'Into the pane of the traced command: keys go to it until Ctrl-], but Shift-PageUp scrolls' },
  { action: 'command-pane', keys: ['P'], group: 'app', help: 'The pane of the traced command: half of the screen, all of it, hidden' },
  { action: 'mouse', keys: ['M'], group: 'app', help: 'Give the mouse back to the terminal, to select text' },
  { action: 'back', keys: ['Esc'], group: 'app', help: 'Close what is open, cancel a start, end the search, go back' },
  { action: 'quit', keys: ['q'], group: 'app', help: 'Back; on the first screen, quit', bar: 'quit' },
  { action: 'quit-now', keys: ['Ctrl-C'], group: 'app', help: 'Quit at once; all is put back' },
  { action: 'suspend', keys: ['Ctrl-Z'], group: 'app', help: 'To the shell; `fg` comes back' },
  { action: 'repaint', keys: ['Ctrl-L'], group: 'app', help: 'Draw the screen anew' },
];

/** Whether a row of the table means something on a screen. */
export function isOnScreen({ screens }: KeyRow, screen: ScreenId): boolean {
  return screens === undefined || screens.includes(screen);
}

/** Keys that wait for a letter: `m` and `'`. */
export function isPrefix(key: string, screen: ScreenId): boolean {
  return keyTable.some((row) => isOnScreen(row, screen) && row.keys.includes(`${key} *`));
}

/** The action of a key on a screen; `prefix` is the key that waited for this letter. */
export function findAction(key: string, screen: ScreenId, prefix?: string): string | undefined {
  const wanted = prefix === undefined ? key : `${prefix} *`;
  return keyTable.find((row) => isOnScreen(row, screen) && row.keys.includes(wanted))?.action;
}
