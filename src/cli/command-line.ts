/** All commands put together with yargs; docs/cli.md, the man page and shell completion come from the same definitions. */

import yargs, { type ArgumentsCamelCase, type Argv } from 'yargs';
import { UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { protectFetchArgs } from './arguments.ts';
import { type Command, commandNames, loadCommands } from './command-list.ts';
import { protectRecordWords } from './record-words.ts';
import { reportError } from './report-error.ts';
import { protectReportWords } from './report-words.ts';
import { version } from './version.ts';

/** What the command's handler does, to be awaited once yargs has returned. */
let running: void | Promise<void>;

/** yargs need not know: it would only wait. */
function runLater(work: void | Promise<void>): void {
  running = work;
}

type Handle = (command: Command, args: ArgumentsCamelCase) => void | Promise<void>;

const runHandler: Handle = (command, args) => command.handler(args);

/** The parser with `commands`; `words` as in process.argv, without the first two. `handle` does what is to be done. */
export function buildCommandLine(words: readonly string[], commands: readonly Command[], handle = runHandler): Argv {
  const parser = yargs(protectReportWords(protectRecordWords(protectFetchArgs(words))))
    .scriptName('ftui')
    .usage('$0 COMMAND\n\nTrace the kernel and programs through tracefs: no BPF, no compiler, no debug kernel.')
    .parserConfiguration({
      'populate--': true,
      'parse-positional-numbers': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
    })
    .version(version)
    .alias('help', 'h')
    .strict()
    .demandCommand(0, 0)
    .completion('--completion-words', false, completeWord)
    .epilogue(
      'Exit status: 0 fine, 1 failed, 2 usage, 3 the kernel lacks it, 4 not permitted, 5 someone else is tracing.',
    )
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      // yargs's own complaints come with a message, errors of a command without.
      if (message === null) throw error;
      throw new UsageError({ attempted: 'reading the command line', why: message, remedy: 'ftui --help' });
    });
  for (const command of commands) parser.command({ ...command, handler: (args) => runLater(handle(command, args)) });
  return parser;
}

/** yargs would take it for an argument of the start screen. */
function refuseUnknownCommand(word: string | undefined): void {
  if (word === undefined || word.startsWith('-') || commandNames.includes(word)) return;
  const near = nearestNames(word, commandNames, 1);
  throw new UsageError({
    attempted: 'reading the command line',
    why: `there is no command '${word}'`,
    remedy: near.length === 0 ? 'ftui --help lists them' : `did you mean ${near[0]}? ftui --help lists them`,
  });
}

/** yargs offers the name of the default command, too, which nobody can type. */
function completeWord(
  _current: string,
  _argv: unknown,
  filter: (use: (error: Error | null, words: string[] | undefined) => void) => void,
  done: (words: string[]) => void,
): void {
  filter((_error, words) => done((words ?? []).filter((word) => !word.startsWith('$0'))));
}

/** Parses and runs; sets process.exitCode. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  process.stderr.on('error', () => {}); // A terminal that has gone away: nobody is left to tell.
  try {
    refuseUnknownCommand(words[0]);
    const commands = await loadCommands(words.length === 0 ? '$0' : words[0]);
    await buildCommandLine(words, commands).parseAsync();
    await running;
  } catch (error) {
    process.exitCode = reportError(error);
  }
}
