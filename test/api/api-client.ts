import { once } from 'node:events';
import { text as readAll } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Bootstrap } from '../../libs/identity/index.js';
import { BOOTSTRAP_TOKEN } from './api-app.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The text as it came. */
  readonly text: string;
  /** The text read as JSON; undefined when it is empty or none. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Calls the API as its clients do: `application/json` on every request, also without a body. */
export class ApiClient {
  /** Every text that was answered, for those who search for secrets. */
  readonly answered: string[] = [];
  readonly headers: Record<string, string> = { 'content-type': 'application/json' };

  constructor(private readonly app: NestFastifyApplication) {}

  /** Gets an access token with the bootstrap token. */
  async signIn(): Promise<void> {
    await this.app.get(Bootstrap).ensureGivenToken();
    const answer = await this.call('POST', '/oauth/token', {
      grant_type: 'refresh_token',
      client_id: 'spillway',
      refresh_token: BOOTSTRAP_TOKEN,
    });
    this.headers['authorization'] = `Bearer ${String(answer.json.access_token)}`;
  }

  async call(
    method: Method,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await this.app.inject({
      method,
      url,
      headers: { ...this.headers, ...headers },
      ...(payload === undefined ? {} : { payload }),
      payloadAsStream: true,
    });
    const type = String(response.headers['content-type']);
    const text = type.startsWith('text/event-stream')
      ? await beginningOf(response)
      : await readAll(response.stream());
    this.answered.push(text);
    const isJson = /[/+]json\b/.test(type);
    const json: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
    return { status: response.statusCode, headers: response.headers, text, json };
  }

  /** A new organization with a new project, as paths. */
  async tenant(): Promise<{ organizationId: string; projectId: string; path: string }> {
    const { id: organizationId } = (await this.call('POST', '/resources/v1/organizations', { name: 'acme' }))
      .json;
    const projects = `/resources/v1/organizations/${String(organizationId)}/projects`;
    const { id: projectId } = (await this.call('POST', projects, { name: 'orders' })).json;
    return {
      organizationId,
      projectId,
      path: `organizations/${String(organizationId)}/projects/${String(projectId)}`,
    };
  }
}

/** Of an answer that has no end: what comes first. Then its reader goes away. */
async function beginningOf(response: Awaited<ReturnType<NestFastifyApplication['inject']>>): Promise<string> {
  const stream = response.stream();
  const [first] = (await once(stream, 'data')) as [Buffer];
  response.raw.res.destroy();
  return first.toString();
}
