/**
 * The commands as data, read from the yargs command modules of src/cli: each builder runs against a recorder that takes
 * the calls a builder makes and nothing else, so a new kind of call fails here instead of being left out of the
 * documents.
 */

import type { Argv, CommandModule, Options, PositionalOptions } from 'yargs';
import { addLiveOptions } from '../../src/cli/live-options.ts';

export interface OptionDefinition {
  readonly name: string;
  /** One letter, without its hyphen. */
  readonly letter: string | undefined;
  /** What stands for the value in a usage line; undefined for a switch. */
  readonly value: string | undefined;
  readonly describe: string;
  /** Undefined where nothing is the default, and for switches, which are off. */
  readonly default: string | undefined;
  readonly repeatable: boolean;
}

export interface PositionalDefinition {
  readonly name: string;
  readonly describe: string;
}

export interface ExampleDefinition {
  readonly line: string;
  readonly describe: string;
}

export interface CommandDefinition {
  /** `graph`; empty for `ftui` alone. */
  readonly name: string;
  /** `ftui graph [functions..] [OPTION...] [-- COMMAND...]`. */
  readonly usage: string;
  readonly describe: string;
  readonly positionals: readonly PositionalDefinition[];
  /** Without those that all live commands share. */
  readonly options: readonly OptionDefinition[];
  readonly examples: readonly ExampleDefinition[];
  /** Whether it takes the options of all live commands too. */
  readonly isLive: boolean;
}

/** What a command module says of itself. */
export function readCommandDefinition(module: CommandModule & { command: string }): CommandDefinition {
  const { builder, command, describe } = module;
  const recorded = recordBuilder(typeof builder === 'function' ? builder : () => undefined);
  const shared = new Set(liveOptions.map(({ name }) => name));
  const isLive = [...shared].every((name) => recorded.options.some((option) => option.name === name));
  const words = command === '$0' ? '' : ` ${command}`;
  // demo and start bring their own command along: a live command without a word of its own takes none.
  const tail = isLive && words.trim().includes(' ') ? ' [-- COMMAND...]' : '';
  const options = recorded.options.filter(({ name }) => !(isLive && shared.has(name)));
  return {
    name: words.trim().split(' ')[0]!,
    usage: `ftui${words}${isLive || options.length > 0 ? ' [OPTION...]' : ''}${tail}`,
    describe: typeof describe === 'string' ? describe : '',
    positionals: recorded.positionals.filter(({ name }) => words.includes(name)),
    options,
    examples: recorded.examples.filter(({ line }) => line.startsWith(`ftui ${words.trim().split(' ')[0]}`)),
    isLive,
  };
}

/** The part of yargs that builders use. */
class BuilderRecorder {
  readonly options: OptionDefinition[] = [];
  readonly positionals: PositionalDefinition[] = [];
  readonly examples: ExampleDefinition[] = [];

  option(name: string, options: Options): this {
    const { alias, type, describe = '', default: initial, array = false } = options;
    this.options.push({
      name,
      letter: typeof alias === 'string' && alias.length === 1 ? alias : undefined,
      value: type === 'boolean' ? undefined : type === 'number' ? 'N' : 'VALUE',
      describe,
      default: initial === undefined || initial === false ? undefined : String(initial),
      repeatable: array,
    });
    return this;
  }

  positional(name: string, { describe = '' }: PositionalOptions): this {
    this.positionals.push({ name, describe });
    return this;
  }

  example(line: string, describe: string): this {
    this.examples.push({ line: line.replace('$0', 'ftui'), describe });
    return this;
  }
}

function recordBuilder(build: (yargs: Argv) => unknown): BuilderRecorder {
  const recorder = new BuilderRecorder();
  build(recorder as unknown as Argv);
  return recorder;
}

/** The options that all live commands share. */
export const liveOptions: readonly OptionDefinition[] = recordBuilder((yargs) => addLiveOptions(yargs)).options;
