/** Moving about in a recording: what the keys and `:seek`, `:speed` ask for. Also for the other screens' palette. */
import type { Effect } from '../../state/effect.ts';
import type { Models } from '../../state/models.ts';

/** `,` and `.` move by this share of the recording. */
const seekStep = 0.01;
const slowest = 1 / 1024;
const fastest = 1024;

/** The effects of an action of the transport; undefined for any other. */
export function transportAction(action: string, { transport }: Models): readonly Effect[] | undefined {
  if (!['play', 'seek-back', 'seek-on', 'slower', 'faster'].includes(action)) return undefined;
  if (transport === undefined) return refuse('nothing is being replayed: Enter on a recording replays it');
  const { atMs, lengthMs, isPlaying, speed } = transport;
  const share = lengthMs > 0 ? atMs / lengthMs : 0;
  switch (action) {
    case 'play':
      return [{ kind: 'play', on: !isPlaying }];
    case 'seek-back':
      return [{ kind: 'seek', to: Math.max(0, share - seekStep) }];
    case 'seek-on':
      return [{ kind: 'seek', to: Math.min(1, share + seekStep) }];
    default: {
      // From "all at once" on, slower and faster begin with the speed of life.
      const factor = speed === 0 ? 1 : speed * (action === 'slower' ? 0.5 : 2);
      return [{ kind: 'speed', factor: Math.min(fastest, Math.max(slowest, factor)) }];
    }
  }
}

/** `seek 40%` or `seek 12s`, `speed 0.1x`, `play`; undefined for any other command. */
export function transportCommand(words: readonly string[], { transport }: Models): readonly Effect[] | undefined {
  const [name = '', value = ''] = words;
  if (name !== 'seek' && name !== 'speed') return undefined;
  if (transport === undefined) return refuse('only a recording can be played');
  if (name === 'speed') {
    const factor = Number(value.replace(/x$/, ''));
    if (value === '' || !Number.isFinite(factor) || factor < 0)
      return refuse('a speed like 0.1 or 2; 0 is all at once: :speed 0.1');
    return [{ kind: 'speed', factor }];
  }
  const to = parsePlace(value, transport.lengthMs);
  return to === undefined ? refuse('a share or a time of the recording: :seek 40%, :seek 12s') : [{ kind: 'seek', to }];
}

/** `40%`, `12`, `12.5s`, `300ms` as a share of the recording. */
function parsePlace(text: string, lengthMs: number): number | undefined {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(%|ms|s|m)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const unitMs = { ms: 1, s: 1_000, m: 60_000 }[unit];
  const share = unitMs === undefined ? Number(digits) / 100 : lengthMs > 0 ? (Number(digits) * unitMs) / lengthMs : 0;
  return Math.min(1, share);
}

function refuse(text: string): readonly Effect[] {
  return [{ kind: 'message', text, isError: true }];
}
