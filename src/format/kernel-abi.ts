/** How the traced kernel lays out integers: what a format file does not say and a recording's header does. */
export interface KernelAbi {
  readonly littleEndian: boolean;
  /** Bytes of a kernel long: the size of `commit` in events/header_page. */
  readonly longSize: 4 | 8;
}
