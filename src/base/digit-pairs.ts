/** Two decimal digits at a time, for what writes numbers into bytes by the million. */

/** `00` to `99` as 16 bits each, the first digit in the lower byte: store them little-endian. */
export const digitPairs = Int16Array.from(
  { length: 100 },
  (_, value) => (0x30 + Math.floor(value / 10)) | ((0x30 + (value % 10)) << 8),
);
