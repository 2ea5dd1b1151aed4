/** Numbers of trace.dat's sections that no option has (trace-cmd.dat.v7(5)); the options' are in file-layout.ts. */

/** Section flag: the body is compressed. */
export const compressedSection = 1;

/**
 * ftui's own section: saved_tgids, as u64 length and text. No option points at it, for trace-cmd warns about options that
 * it does not know and passes over sections; a reader finds it by walking the section headers from the start of the file.
 */
export const tgidsSection = 0x6674;

/**
 * ftui's own as well: between the head and pages that were there before it (parts-base.ts). u32 CPU of those pages, which
 * come before those of all others, and else nothing.
 */
export const roomSection = 0x6672;

/** Sub-buffers in a compressed chunk: what trace-cmd writes. */
export const pagesPerChunk = 10;

/** u16 id, u16 flags, u32 offset of the name, u64 size of the body. */
export const sectionHeaderSize = 16;
