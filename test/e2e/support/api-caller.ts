import { expect } from 'vitest';

/** An answer with all that a bad-input test looks at. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: any;
}

/** The hub's API byte for byte: bodies and tokens that no proper client would send. */
export class ApiCaller {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async logIn(url: string, refreshToken: string): Promise<ApiCaller> {
    const form = { grant_type: 'refresh_token', client_id: 'spillway', refresh_token: refreshToken };
    const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    return new ApiCaller(url, ((await answer.json()) as { access_token: string }).access_token);
  }

  /** `content` is sent as it is when it is a text, as JSON otherwise. */
  async send(method: string, path: string, content?: unknown, token = this.token): Promise<RawAnswer> {
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type');
    return { status: response.status, contentType, body: text === '' ? undefined : JSON.parse(text) };
  }
}

/** The answer is a complete problem document of this status, which names just these fields. */
export function expectProblem(answer: RawAnswer, status: number, fields?: readonly string[]): void {
  expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  expect(answer.status).toBe(status);
  expect(answer.contentType).toContain('application/problem+json');
  if (fields) expect(Object.keys(answer.body.fields ?? {})).toEqual(fields);
}
