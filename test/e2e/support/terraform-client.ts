import { z } from 'zod';
import { rawExchange, type RawResponse } from './raw-http.js';

export interface ProviderSettings {
  /** `ESC_URL`: its path is discarded. */
  readonly url: string;
  /** `ESC_IDENTITY_PROVIDER_URL`: its path is replaced. */
  readonly identityUrl: string;
  /** `ESC_TOKEN`: a refresh token. */
  readonly token: string;
  readonly clientId: string;
}

/** What the provider says when an answer is not as it needs it. */
export class ProviderError extends Error {}

const tokenAnswer = z.object({ access_token: z.string(), token_type: z.string(), expires_in: z.int() });
const problem = z.object({
  title: z.string(),
  detail: z.string().optional(),
  fields: z.record(z.string(), z.string()).optional(),
});

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Project calls declare a content type only with a body. */
  readonly declaresJson?: boolean;
  /** Which statuses are no error. */
  readonly accepts?: readonly number[];
}

/**
 * Event Store Cloud's Terraform provider at its HTTP (contract, sections 1, 9, 10): our key is not the vendor's, so that
 * it gets a new access token before every single call; and every call has a connection of its own.
 */
export class TerraformClient {
  constructor(private readonly settings: ProviderSettings) {}

  /** The answer, when its status is one that the provider accepts. Throws its diagnostic otherwise. */
  async call({ method, path, body, declaresJson = true, accepts = [200, 204] }: Call): Promise<RawResponse> {
    const accessToken = await this.accessToken();
    const content = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.exchange(this.settings.url, method, path, content, [
      ['Authorization', `Bearer ${accessToken}`],
      ...(declaresJson || content !== undefined ? [['Content-Type', 'application/json'] as const] : []),
    ]);
    if (accepts.includes(answer.status)) return answer;
    throw new ProviderError(`${method} ${path}: ${diagnosticOf(answer)}`);
  }

  /** The decoded body of an answer. A body that is not of this shape is an error, as an empty one is. */
  async read<Schema extends z.ZodType>(schema: Schema, call: Call): Promise<z.output<Schema>> {
    const { body } = await this.call(call);
    return schema.parse(JSON.parse(body));
  }

  private async accessToken(): Promise<string> {
    const { identityUrl, clientId, token } = this.settings;
    const form = new URLSearchParams({
      client_id: clientId,
      grant_type: 'refresh_token',
      refresh_token: token,
    });
    const answer = await this.exchange(identityUrl, 'POST', '/oauth/token', form.toString(), [
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ]);
    if (answer.status !== 200) throw new ProviderError(`token: ${answer.status}`);
    return tokenAnswer.parse(JSON.parse(answer.body)).access_token;
  }

  private async exchange(
    url: string,
    method: string,
    target: string,
    body: string | undefined,
    headers: readonly (readonly [string, string])[],
  ): Promise<RawResponse> {
    const answer = await rawExchange(url, {
      method,
      target,
      body,
      headers: [
        ['Host', new URL(url).host],
        ['User-Agent', 'Go-http-client/1.1'],
        ['Connection', 'close'],
        ...(body === undefined && method !== 'POST' && method !== 'PUT'
          ? []
          : [['Content-Length', String(Buffer.byteLength(body ?? ''))] as const]),
        ...headers,
        ['Accept-Encoding', 'gzip'],
      ],
    });
    if (!answer.isClosed) throw new ProviderError(`${method} ${target}: the connection was not closed`);
    return answer;
  }
}

/** `Bad Request: invalid thing` and a line for each field, as Terraform shows it. */
function diagnosticOf({ status, body }: RawResponse): string {
  const { title, detail, fields = {} } = problem.parse(JSON.parse(body));
  const lines = Object.keys(fields)
    .sort()
    .map((name) => `\n\t${name} - ${fields[name]}`);
  return `${status} ${title}${detail ? `: ${detail}` : ''}${lines.join('')}`;
}
