export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The error's chain of causes, outermost first; no more than five. */
export function causes(error: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = [];
  for (let cause = error; isRecord(cause) && chain.length < 5; cause = cause['cause']) chain.push(cause);
  return chain;
}
