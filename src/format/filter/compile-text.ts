/** Where a field's text is in a record. */
import type { EventField } from '../event-field.ts';
import type { KernelAbi } from '../kernel-abi.ts';

/** bytes[from..to), without the NUL. One is used again for every record. */
export interface TextPlace {
  from: number;
  to: number;
}

/** Finds the text of the record bytes[start..end); false when the record ends before it. */
type TextLocator = (bytes: Uint8Array, view: DataView, start: number, end: number, place: TextPlace) => boolean;

/** Of several data-locs the first is taken. isBinary: NULs do not end it. */
export function compileTextPlace(field: EventField, abi: KernelAbi, { isBinary = false } = {}): TextLocator {
  const locate = compileSpan(field, abi);
  if (isBinary) return locate;
  return (bytes, view, start, end, place) => {
    if (!locate(bytes, view, start, end, place)) return false;
    let to = place.from;
    while (to < place.to && bytes[to] !== 0) to += 1;
    place.to = to;
    return true;
  };
}

function compileSpan({ location, offset, size }: EventField, { littleEndian }: KernelAbi): TextLocator {
  if (location === 'inline' || location === 'rest') {
    return (_bytes, _view, start, end, place) => {
      place.from = start + offset;
      place.to = location === 'rest' ? end : Math.min(place.from + size, end);
      return place.from <= end;
    };
  }
  const base = location === 'rel-loc' ? offset + 4 : 0;
  // Kernels of 2.6.3x have a u16 offset alone.
  const isAncient = size === 2;
  return (_bytes, view, start, end, place) => {
    if (start + offset + (isAncient ? 2 : 4) > end) return false;
    const word = isAncient
      ? view.getUint16(start + offset, littleEndian)
      : view.getUint32(start + offset, littleEndian);
    place.from = start + base + (word & 0xffff);
    place.to = isAncient ? end : Math.min(place.from + (word >>> 16), end);
    return place.from <= end;
  };
}
