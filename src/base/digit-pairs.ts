/** Some decimal digits at a time, for what writes numbers into bytes by the million. */

/** `00` to `99` as 16 bits each, the first digit in the lower byte: store them little-endian. */
export const digitPairs = Int16Array.from(
  { length: 100 },
  (_, value) => (0x30 + Math.floor(value / 10)) | ((0x30 + (value % 10)) << 8),
);

/** `000` to `999` as 32 bits each, the first digit in the lowest byte, and 0 in the highest. */
export const digitTriples = Int32Array.from({ length: 1000 }, (_, value) => {
  const [hundreds, tens] = [Math.floor(value / 100), Math.floor(value / 10) % 10];
  return (0x30 + hundreds) | ((0x30 + tens) << 8) | ((0x30 + (value % 10)) << 16);
});
