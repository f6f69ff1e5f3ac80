const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+i$/;
const UNSIGNED = /^\d+u$/;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;
/** Whatever has fewer digits is held exactly by a `number`. */
const EXACT_CHARACTERS = 16;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);

/** A value without quotes. Undefined when it is none, is not finite, or is over 64 bits. */
export function readBareValue(text: string): number | bigint | boolean | undefined {
  if (FLOAT.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  if (INTEGER.test(text)) return wholeNumber(text, MIN_INT64, MAX_INT64);
  if (UNSIGNED.test(text)) return wholeNumber(text, 0n, MAX_UINT64);
  return BOOLEANS.get(text);
}

function wholeNumber(text: string, least: bigint, most: bigint): number | bigint | undefined {
  const digits = text.slice(0, -1);
  // There is no whole number below zero that is zero.
  if (digits.length < EXACT_CHARACTERS) return Number(digits) || 0;
  const unsigned = digits.replace(/^[+-]?0*(?=\d)/, '');
  // Reading a long number takes time with the square of its length.
  if (unsigned.length > 20) return undefined;
  const value = digits.startsWith('-') ? -BigInt(unsigned) : BigInt(unsigned);
  if (value < least || value > most) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
