/** Transformer of a bigint that is a whole number to us; the driver gives it as text. */
export const wholeNumber = {
  to: (value: number | null): number | null => value,
  from: (text: string | null): number | null => (text === null ? null : Number(text)),
};
