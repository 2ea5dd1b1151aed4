/** What the palette (`:`) offers: commands with words behind them, and every action of the key table by its name. */
import { isOnScreen, keyTable, type ScreenId } from '../keys/key-table.ts';

interface PaletteRow {
  readonly name: string;
  readonly help: string;
  /** The key that does the same. */
  readonly key?: string;
  /** Of the key table; undefined for a command that takes words. */
  readonly action?: string;
}

/** Commands: `:graph vfs_read`. Who carries them out: ui/state/run-command.ts, and the screens for their own. */
export const paletteCommands: readonly PaletteRow[] = [
  { name: 'graph', help: 'graph FUNC...: trace what these functions call' },
  { name: 'function', help: 'function FUNC...: trace the calls of these functions' },
  { name: 'event', help: 'event SYSTEM:EVENT: turn an event on' },
  { name: 'kprobe', help: 'kprobe FUNC[+OFF][%return] [ARG...]: a probe in the kernel' },
  { name: 'uprobe', help: 'uprobe BINARY SYMBOL[%return] [ARG...]: a probe in a program' },
  { name: 'depth', help: 'depth N: follow calls only this deep; 0 is all' },
  { name: 'cpu', help: 'cpu 0-3: trace on these CPUs only' },
  { name: 'pid', help: 'pid PID...: trace these processes only' },
  { name: 'buffer', help: 'buffer 16M: size of the buffer of each CPU' },
  { name: 'slow', help: 'slow 5ms: which calls ] and [ jump to' },
  { name: 'by', help: 'by none|task|cpu|comm|errno: a level above the roots' },
  { name: 'find', help: 'find TEXT: as /' },
  { name: 'filter', help: 'filter task:bash cpu:3 dur>1ms: as &' },
  { name: 'hot', help: 'hot: to the end of the hot path' },
  { name: 'record', help: 'record FILE: record what is traced now' },
  { name: 'open', help: 'open FILE: replay a recording' },
  { name: 'seek', help: 'seek 40%: go to this place of the recording' },
  { name: 'time', help: 'time 12.204: go to this time of the log' },
  { name: 'speed', help: 'speed 0.1: replay at this speed; 0 is all at once' },
  { name: 'export', help: 'export FILE(.txt .json .folded .svg .perfetto.json): what is shown' },
  { name: 'symbols', help: 'symbols BINARY: browse the symbols of a program' },
  { name: 'fps', help: 'fps 4: how often the screen changes' },
];

export const commandNames: ReadonlySet<string> = new Set(paletteCommands.map(({ name }) => name));

/** Rows whose name has the letters of the query in order; the closest first. */
export function findCommands(query: string, screen: ScreenId): readonly PaletteRow[] {
  const word = query.trimStart().split(' ')[0]!.toLowerCase();
  const actions = keyTable
    .filter((row) => isOnScreen(row, screen))
    .map(({ action, keys, help }) => ({ name: action, help, key: keys[0]!, action }));
  const unique = actions.filter((row, index) => actions.findIndex(({ name }) => name === row.name) === index);
  return [...paletteCommands, ...unique]
    .map((row) => ({ row, rank: rankName(row.name, word) }))
    .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.rank - b.rank)
    .map(({ row }) => row);
}

/** 0 for the same start, then by how far the letters lie apart; Infinity when they are not there. */
function rankName(name: string, word: string): number {
  if (name.startsWith(word)) return 0;
  const place = name.indexOf(word);
  if (place >= 0) return 1 + place;
  let at = -1;
  for (const letter of word) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return Number.POSITIVE_INFINITY;
  }
  return 100 + at;
}
