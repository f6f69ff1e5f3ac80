/** What became of one request. */
export type Verdict =
  | { readonly kind: 'taken' }
  /** Something in the body is not as it must be: it is looked for by halves. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The hub is away or busy: again soon, or when it says. */
  | { readonly kind: 'away'; readonly reason: string; readonly retryAfterMs?: number }
  /** Somebody must change something: again, slowly. */
  | { readonly kind: 'unwelcome'; readonly reason: string };

/** An answer of the hub, or of whatever is there instead. */
export interface Answer {
  readonly status: number;
  /** As much as was kept. */
  readonly body: string;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
}

const MAX_QUOTED = 300;
const MAX_RETRY_AFTER_MS = 10 * 60_000;

const UNWELCOME: Readonly<Record<number, string>> = {
  401: 'The hub does not know the token (401): make an ingest token of the project and give it to --token',
  403: 'The token may not write here (403): it must be an ingest token of the project the cluster is in',
  404: 'There is no write endpoint at this URL (404): --hub must be the address of a Spillway hub',
};

/** What an answer means for the lines that were sent. Never holds the token. */
export function verdictOf({ status, body, retryAfter, location }: Answer, nowMs: number): Verdict {
  const quoted = body.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_QUOTED);
  const says = `${status}${quoted === '' ? '' : `: ${quoted}`}`;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if ([400, 413, 422].includes(status)) return { kind: 'refused', reason: `The hub answered ${says}` };
  if (status >= 300 && status < 400)
    return {
      kind: 'unwelcome',
      reason: `The hub's URL leads elsewhere (${status}, ${location ?? 'nowhere'}): --hub must be where it leads`,
    };
  if (status >= 500 || status === 429 || status === 408) {
    const retryAfterMs = retryAfterOf(retryAfter, nowMs);
    const reason = `The hub answered ${says}`;
    return retryAfterMs === undefined ? { kind: 'away', reason } : { kind: 'away', reason, retryAfterMs };
  }
  return { kind: 'unwelcome', reason: UNWELCOME[status] ?? `The hub answered ${says}` };
}

function retryAfterOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const waitMs = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, waitMs));
}
