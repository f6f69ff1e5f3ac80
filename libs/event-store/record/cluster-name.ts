const MAX_CHARACTERS = 100;
const CONTROL = /\p{Cc}/u;

/** Why a text names no cluster; undefined when it may. Names are data and never more: whatever can be shown is one. */
export function clusterNameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'the name of the cluster is blank';
  if (name.length > MAX_CHARACTERS)
    return `the name of the cluster has more than ${MAX_CHARACTERS} characters`;
  return CONTROL.test(name) ? 'the name of the cluster holds a control character' : undefined;
}

/** The `cluster` of a payload that is a JSON object, as of events of jobs; undefined when it says none. */
export function clusterInPayload(payload: string): string | undefined {
  if (!payload.startsWith('{')) return undefined;
  try {
    const { cluster } = JSON.parse(payload) as { readonly cluster?: unknown };
    return typeof cluster === 'string' && cluster.isWellFormed() ? cluster : undefined;
  } catch {
    // A payload may be any text.
    return undefined;
  }
}
