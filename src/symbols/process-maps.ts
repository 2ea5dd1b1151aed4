/** The text of /proc/PID/maps: which file lies where in a process's memory. */

export interface MemoryMapping {
  readonly start: number;
  readonly end: number;
  readonly executable: boolean;
  /** Where in the file the mapping starts, bytes. */
  readonly fileOffset: number;
  /** Empty for memory without a file. */
  readonly path: string;
  /** The file was replaced or removed since it was mapped. */
  readonly isDeleted: boolean;
}

const deletedMark = ' (deleted)';

/** Lines that are no mapping are left out. */
export function parseProcessMaps(text: string): MemoryMapping[] {
  const mappings: MemoryMapping[] = [];
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+ *(.*)$/.exec(line);
    if (match === null) continue;
    const [start, end, permissions, offset, path] = match.slice(1) as [string, string, string, string, string];
    const isDeleted = path.endsWith(deletedMark);
    mappings.push({
      start: Number.parseInt(start, 16),
      end: Number.parseInt(end, 16),
      executable: permissions[2] === 'x',
      fileOffset: Number.parseInt(offset, 16),
      // The kernel writes a newline in a path as \012.
      path: (isDeleted ? path.slice(0, -deletedMark.length) : path).replaceAll('\\012', '\n'),
      isDeleted,
    });
  }
  return mappings;
}
