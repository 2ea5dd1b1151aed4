/** What can be begun from the Home screen: each row with what it does, or why it cannot be done here. */
import { type RecentRecording, visibleText } from '../../../src/index.ts';
import type { Effect } from '../../state/effect.ts';
import type { Models } from '../../state/models.ts';
import { formatCount, formatSize } from '../../terminal/quantities.ts';

export interface HomeRow {
  readonly section: 'start' | 'recordings';
  readonly title: string;
  readonly purpose: string;
  readonly effects: readonly Effect[];
  /** Why it does not work here. */
  readonly reason?: string | undefined;
}

type MainCommand = 'graph' | 'uprobe' | 'event';

interface LiveStart extends Omit<HomeRow, 'section' | 'reason'> {
  readonly needs: MainCommand;
}

const liveStarts: readonly LiveStart[] = [
  {
    title: 'graph do_sys_open -- ls /',
    purpose: 'what opening files involves, as a tree',
    needs: 'graph',
    effects: [
      { kind: 'run', command: ['ls', '/'], change: { what: 'graph', functions: ['do_sys_open'] } },
      { kind: 'go', screen: 'graph' },
    ],
  },
  {
    title: 'uprobe /bin/bash readline%return',
    purpose: 'every line typed into any bash',
    needs: 'uprobe',
    effects: [
      { kind: 'trace', change: { what: 'probe', words: ['uprobe', '/bin/bash', 'readline%return'] } },
      { kind: 'go', screen: 'log' },
    ],
  },
  {
    title: 'event sched:sched_switch',
    purpose: 'who runs when',
    needs: 'event',
    effects: [
      { kind: 'trace', change: { what: 'event', event: 'sched:sched_switch', on: true } },
      { kind: 'go', screen: 'events' },
    ],
  },
];

const browse: HomeRow = {
  section: 'start',
  title: 'browse',
  purpose: 'functions, events, probes and symbols',
  effects: [{ kind: 'go', screen: 'browse' }],
};

/** Symbols are read from files that anyone may read. */
const browseFiles: HomeRow = {
  ...browse,
  title: 'browse symbols',
  purpose: 'what programs have that could be probed',
  effects: [
    { kind: 'go', screen: 'browse' },
    { kind: 'send', screen: 'browse', command: ['tab', 'symbols'] },
  ],
};

const demo: HomeRow = {
  section: 'start',
  title: 'demo',
  purpose: 'ls / as a real kernel ran it, replayed',
  effects: [{ kind: 'demo' }, { kind: 'go', screen: 'graph' }],
};

/** All rows; what works comes before what does not. */
export function listHomeRows(models: Models): readonly HomeRow[] {
  const starts = liveStarts.map(({ needs, ...row }): HomeRow => {
    return { ...row, section: 'start', reason: reasonAgainst(needs, models) };
  });
  const works = starts.filter(({ reason }) => reason === undefined);
  const rest = starts.filter(({ reason }) => reason !== undefined);
  const others = canTrace(models) ? [browse, demo] : [demo, browseFiles];
  const recordings = [...models.recent].sort((a, b) => Number(b.isThere) - Number(a.isThere));
  return [...works, ...others, ...rest, ...recordings.map(recordingRow)];
}

/** Whether anything can be traced, as far as is known. */
export function canTrace({ diagnosis }: Models): boolean {
  return diagnosis === undefined || diagnosis.problem === null;
}

function reasonAgainst(needs: MainCommand, { diagnosis }: Models): string | undefined {
  if (diagnosis === undefined) return undefined;
  if (diagnosis.problem !== null) return 'needs a kernel that lets you trace';
  return diagnosis.commands[needs] ? undefined : 'this kernel cannot: v says what it lacks';
}

function recordingRow({ path, time, how, bytes, events, isThere }: RecentRecording): HomeRow {
  const facts = [
    bytes === undefined ? '' : formatSize(bytes),
    events === undefined ? '' : `${formatCount(events)} events`,
    `${how} ${visibleText(time.slice(0, 16).replace('T', ' '))}`,
  ];
  return {
    section: 'recordings',
    title: visibleText(path),
    purpose: facts.filter((fact) => fact !== '').join('  '),
    effects: [
      { kind: 'replay', file: path },
      { kind: 'go', screen: 'graph' },
    ],
    reason: isThere ? undefined : 'the file is not there any more',
  };
}
