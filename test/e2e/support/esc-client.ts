import { createPublicKey, createVerify } from 'node:crypto';
import type { z } from 'zod';
import { claims, esc } from './esc-decoders.js';
import { rawExchange, type RawResponse } from './raw-http.js';

/** The part of `~/.esc/settings.toml` that matters, and the environment. */
export interface EscSettings {
  readonly apiBaseUrl: string;
  readonly identityUrl: string;
  readonly audience: string;
  readonly clientId: string;
  /** PEM. */
  readonly publicKey: string;
  /** `http_proxy`: where requests to other places are sent in the absolute form. */
  readonly proxy: string;
}

export type EscToken = z.output<typeof esc.token>;

/** A problem that the CLI shows with its status. */
export class EscProblem extends Error {
  constructor(
    readonly status: number,
    readonly problem: z.output<typeof esc.problem>,
  ) {
    super(`Bad status code: ${status} ${problem.title}`);
  }
}

/** A second factor is asked for; go on with `useOneTimePassword`. */
export class SecondFactorNeeded extends Error {
  constructor(readonly mfaToken: string) {
    super('mfa_required');
  }
}

/** The `esc` CLI 1.24.3 at its HTTP (contract, sections 1, 9, 10), through a proxy as it reaches other ports. */
export class EscClient {
  token: EscToken | undefined;

  constructor(private readonly settings: EscSettings) {}

  /** Its `list`, `get` and `create` commands: an answer that does not decode is an error. */
  async read<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    const answer = await this.call(method, path, body);
    return schema.parse(JSON.parse(answer.body));
  }

  /** Its `update`, `delete` and `test` commands: the body of a success is ignored. */
  async call(method: string, path: string, body?: unknown): Promise<RawResponse> {
    const { token_type: type, access_token: token } = this.usableToken();
    const answer = await this.exchange(
      this.settings.apiBaseUrl,
      method,
      path,
      'application/json',
      body === undefined ? undefined : JSON.stringify(body),
      [['authorization', `${type} ${token}`]],
    );
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new EscProblem(answer.status, esc.problem.parse(JSON.parse(answer.body)));
  }

  /** `esc access tokens create`. Throws `SecondFactorNeeded`. */
  signIn(username: string, password: string): Promise<EscToken> {
    return this.grant({
      grant_type: 'password',
      username,
      password,
      scope: 'cloud:access offline_access',
      client_id: this.settings.clientId,
      audience: this.settings.audience,
    });
  }

  async challenge(mfaToken: string): Promise<void> {
    const body = { mfa_token: mfaToken, challenge_type: 'otp', client_id: this.settings.clientId };
    const answer = await this.identity('/mfa/challenge', 'application/json', JSON.stringify(body));
    if (answer.status >= 300) throw new Error('not authorized');
    esc.challenge.parse(JSON.parse(answer.body));
  }

  useOneTimePassword(mfaToken: string, otp: string): Promise<EscToken> {
    return this.grant({
      grant_type: 'http://auth0.com/oauth/grant-type/mfa-otp',
      client_id: this.settings.clientId,
      mfa_token: mfaToken,
      otp,
    });
  }

  /** As with `--refresh-token`: the answer's refresh token is not kept, the old one is used again. */
  refresh(refreshToken: string): Promise<EscToken> {
    return this.grant({
      grant_type: 'refresh_token',
      client_id: this.settings.clientId,
      refresh_token: refreshToken,
    });
  }

  /** What the CLI checks of a token from its file. Throws as it would give up. */
  verify({ access_token: token }: EscToken): z.output<typeof claims> {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    const { alg } = decode(header) as { alg: string };
    if (alg !== 'RS256') throw new Error(`algorithm ${alg}`);
    const isSigned = createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(createPublicKey(this.settings.publicKey), Buffer.from(signature, 'base64url'));
    if (!isSigned) throw new Error("can't access token - error parsing current token's claims");
    return claims.parse(decode(payload));
  }

  private usableToken(): EscToken {
    if (!this.token) throw new Error('not signed in');
    return this.token;
  }

  private async grant(form: Record<string, string>): Promise<EscToken> {
    const body = new URLSearchParams(form).toString();
    const answer = await this.identity('/oauth/token', 'application/x-www-form-urlencoded', body);
    if (answer.status === 403) {
      const asked = esc.mfaRequired.safeParse(JSON.parse(answer.body));
      if (asked.success) throw new SecondFactorNeeded(asked.data.mfa_token);
    }
    if (answer.status < 200 || answer.status > 299) throw new Error('not authorized');
    this.token = esc.token.parse(JSON.parse(answer.body));
    return this.token;
  }

  private identity(path: string, contentType: string, body: string): Promise<RawResponse> {
    return this.exchange(this.settings.identityUrl, 'POST', path, contentType, body, []);
  }

  private exchange(
    baseUrl: string,
    method: string,
    path: string,
    contentType: string,
    body: string | undefined,
    headers: readonly (readonly [string, string])[],
  ): Promise<RawResponse> {
    const length = body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))] as const];
    return rawExchange(this.settings.proxy, {
      method,
      target: `${baseUrl}${path}`,
      body,
      headers: [
        ['content-type', contentType],
        ...headers,
        ['accept', 'application/json'],
        ['host', new URL(baseUrl).host],
        ...length,
      ],
    });
  }
}
