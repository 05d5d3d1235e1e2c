/** 64-bit integers as numbers; one that a number can't hold is an error rather than a wrong figure. */
export function toNumber(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`The integer ${value} is too large for a number. Select it as text.`);
  return number;
}
