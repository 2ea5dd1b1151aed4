/** What a screen asks the program to do; the reducers themselves touch nothing. */
import type { SourceSubject } from '../../src/index.ts';
import type { ScreenId } from '../keys/key-table.ts';
import type { KeyInput, PasteInput } from '../terminal/key-decoder.ts';
import type { BrowseTab } from './models.ts';

export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'repaint' }
  /** Take the mouse, or give it back to the terminal. */
  | { readonly kind: 'mouse' }
  /** How often the screen changes while data comes in. */
  | { readonly kind: 'fps'; readonly fps: number }
  /** Put text on the clipboard of the terminal (OSC 52). */
  | { readonly kind: 'copy'; readonly text: string; readonly what: string }
  | { readonly kind: 'message'; readonly text: string; readonly isError?: boolean }
  | { readonly kind: 'go'; readonly screen: ScreenId }
  /** An event for another screen, e.g. to open a function in Graph. */
  | { readonly kind: 'send'; readonly screen: ScreenId; readonly command: readonly string[] }
  /** Ask for a line of text; the answer comes back to the screen as the event `to`. */
  | { readonly kind: 'ask'; readonly to: 'search' | 'filter' | 'command'; readonly text: string }
  /** Show lines of text that can be scrolled. */
  | { readonly kind: 'show'; readonly title: string; readonly lines: readonly string[] }
  /** A list of things that can be turned on and off; `command` comes back with the name chosen. */
  | {
      readonly kind: 'pick';
      readonly title: string;
      readonly rows: readonly { readonly name: string; readonly on: boolean; readonly note?: string }[];
      readonly command: string;
    }
  | { readonly kind: 'confirm'; readonly question: string; readonly effects: readonly Effect[] }
  /** Change what is traced. */
  | { readonly kind: 'trace'; readonly change: TraceChange }
  /** With a file, record to it; without, end the recording (or, when there is none, begin one under a name of its own). */
  | { readonly kind: 'record'; readonly file?: string | undefined }
  | { readonly kind: 'replay'; readonly file: string }
  /** Replay the recording that comes with the program. */
  | { readonly kind: 'demo' }
  /** Go to a place of the recording: a share of it, 0 to 1. */
  | { readonly kind: 'seek'; readonly to: number }
  /** Play the recording on, or hold it where it is. */
  | { readonly kind: 'play'; readonly on: boolean }
  /** How fast a recording plays: 1 as it was, 0 all at once. */
  | { readonly kind: 'speed'; readonly factor: number }
  /** For the command in the pane. */
  | { readonly kind: 'type'; readonly input: KeyInput | PasteInput }
  /** Trace a command from its first instruction on, and only its processes. */
  | { readonly kind: 'run'; readonly command: readonly string[]; readonly change: TraceChange }
  | { readonly kind: 'export'; readonly file: string; readonly content: string }
  /** Show where the source is of a function or probe; functions are of the kernel that the events are of, or of the running one. */
  | { readonly kind: 'source'; readonly subject: SourceSubject; readonly ofRunningKernel?: boolean }
  /** Open the user's editor, which has the terminal until it ends. */
  | { readonly kind: 'edit'; readonly file: string; readonly line: number }
  /** Read the names of a tab of Browse; `binary` for symbols. */
  | { readonly kind: 'load'; readonly tab: BrowseTab; readonly binary?: string | undefined }
  /** A level above the roots of the tree: `none`, `task`, `cpu`, `comm`, `errno`. */
  | { readonly kind: 'split'; readonly by: string }
  /** Begin the totals anew. */
  | { readonly kind: 'reset' }
  /** Filters that are in force everywhere. */
  | { readonly kind: 'filters'; readonly change: FilterChange };

export type FilterChange =
  | { readonly what: 'add'; readonly text: string }
  | { readonly what: 'toggle' | 'remove'; readonly index: number }
  | { readonly what: 'pop' };

/** What is wanted of the kernel: added to or taken from what is traced now. */
export type TraceChange =
  | { readonly what: 'graph' | 'function'; readonly functions: readonly string[] }
  | { readonly what: 'event'; readonly event: string; readonly on: boolean }
  | { readonly what: 'probe'; readonly words: readonly string[] }
  | { readonly what: 'depth'; readonly depth: number }
  | { readonly what: 'cpus' | 'pids' | 'buffer'; readonly text: string }
  | { readonly what: 'stop' | 'start' };
