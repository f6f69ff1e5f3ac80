const MAX_CHARACTERS = 300;

/** Text of another on one line, so that it can neither move a terminal's cursor nor fill the screen. */
export function harmless(text: string, maxCharacters = MAX_CHARACTERS): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}

/** Why a request was refused: what an answer's body says, as JSON or as text; never with the secret. */
export function reasonOf(body: string, secret: string | undefined): string {
  const text = harmless(saidIn(body));
  return secret === undefined ? text : text.replaceAll(secret, '***');
}

function saidIn(body: string): string {
  try {
    const said = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    const reasons = ['detail', 'error', 'message', 'title'].map((name) => said?.[name]);
    return reasons.find((reason) => typeof reason === 'string' && reason !== '') as string;
  } catch {
    return body;
  }
}

const CONNECTION_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the host',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface Breakdown {
  readonly reason: string;
  /** Whether the other side cannot have got anything. */
  readonly isUnsent: boolean;
  /** Whether it may go better with the next try. */
  readonly isPassing: boolean;
}

/** What `fetch` threw. */
export function breakdownOf(error: unknown): Breakdown {
  if (error instanceof Error && error.name === 'TimeoutError')
    return { reason: 'no answer in time', isUnsent: false, isPassing: true };
  const code = codeOf(error);
  const isTrust = /CERT|SELF_SIGNED|ISSUER|SSL|ALTNAME/.test(code);
  const reason =
    CONNECTION_REASONS[code] ??
    (isTrust ? `its certificate is not trusted (${code})` : code || 'no connection');
  return { reason, isUnsent: isTrust || NEVER_SENT.has(code), isPassing: !isTrust };
}

/** Of the innermost error that has one: `fetch` wraps them, and where a name has several addresses twice. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, cause } = error as NodeJS.ErrnoException;
  const inner = error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(cause);
  return inner || (typeof code === 'string' ? code : '');
}
