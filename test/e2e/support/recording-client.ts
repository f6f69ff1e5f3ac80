/** An answer, with what a search for secrets needs to know of it. */
export interface Recorded {
  /** `POST /hub/v1/…` */
  readonly request: string;
  readonly status: number;
  /** Headers and body. */
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  /** Sent as it is when it is a text, as JSON otherwise. */
  readonly body?: unknown;
  readonly token?: string;
  readonly contentType?: string;
}

/** Calls the hub and keeps every answer whole. */
export class RecordingClient {
  readonly answers: Recorded[] = [];
  token = '';

  constructor(private readonly url: string) {}

  async call({ method, path, body, token = this.token, contentType }: RecordedCall): Promise<Recorded> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'content-type': contentType ?? 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const content = await contentOf(response);
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    const headers = [...response.headers].map((header) => header.join(': ')).join('\n');
    const recorded = {
      request: `${method} ${path}`,
      status: response.status,
      text: `${headers}\n\n${content}`,
      json: isJson && content !== '' ? JSON.parse(content) : undefined,
    };
    this.answers.push(recorded);
    return recorded;
  }

  /** A call that must succeed. */
  async made(call: RecordedCall): Promise<any> {
    const answer = await this.call(call);
    if (answer.status >= 300) throw new Error(`${answer.request}: ${answer.text}`);
    return answer.json;
  }

  form(path: string, members: Readonly<Record<string, string>>): Promise<Recorded> {
    const body = new URLSearchParams(members).toString();
    return this.call({
      method: 'POST',
      path,
      body,
      token: '',
      contentType: 'application/x-www-form-urlencoded',
    });
  }
}

/** Of events that never end, what comes first. */
async function contentOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return Buffer.from(value ?? []).toString('utf8');
}
