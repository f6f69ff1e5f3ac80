import { TOTP } from 'otpauth';
import { newId } from '../../libs/domain/index.js';
import type { ApiApp } from './api-app.js';
import type { Answer, ApiClient, Method } from './api-client.js';

export const PASSWORD = 'correct horse battery staple';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const OTP_GRANT = 'http://auth0.com/oauth/grant-type/mfa-otp';

/** An account that a password opens. */
export interface Holder {
  readonly id: string;
  readonly email: string;
}

/** Somebody signed in. */
export interface Session {
  readonly refreshToken: string;
  readonly headers: { readonly authorization: string };
}

/** Signs in as the esc CLI does, from an address of its own. */
export class SignInClient {
  private static addresses = 0;
  /** As a proxy that the hub trusts tells it. */
  readonly address: string;

  constructor(
    private readonly api: ApiApp,
    private readonly operator: ApiClient,
  ) {
    SignInClient.addresses += 1;
    this.address = `192.0.2.${SignInClient.addresses}`;
  }

  /** An account made by an operator. */
  async holder(members: Record<string, unknown> = {}): Promise<Holder> {
    const email = `person-${newId()}@example.com`;
    const body = { email, name: 'Ada', password: PASSWORD, ...members };
    const { json } = as(201, await this.operator.call('POST', '/hub/v1/accounts', body));
    return { id: json.id, email };
  }

  grant(members: Record<string, string>): Promise<Answer> {
    const form = new URLSearchParams(members).toString();
    return this.operator.call('POST', '/oauth/token', form, {
      ...FORM,
      authorization: '',
      'x-forwarded-for': this.address,
    });
  }

  password(username: string, password = PASSWORD): Promise<Answer> {
    return this.grant({
      scope: 'cloud:access offline_access',
      audience: 'https://api.eventstore.cloud',
      username,
      client_id: 'esc',
      password,
      grant_type: 'password',
    });
  }

  otp(mfaToken: string, otp: string): Promise<Answer> {
    return this.grant({ grant_type: OTP_GRANT, client_id: 'esc', mfa_token: mfaToken, otp });
  }

  challenge(mfaToken: string, challengeType = 'otp'): Promise<Answer> {
    const body = { mfa_token: mfaToken, challenge_type: challengeType, client_id: 'esc' };
    return this.operator.call('POST', '/mfa/challenge', body, { authorization: '' });
  }

  async session(email: string, password = PASSWORD): Promise<Session> {
    return sessionOf(await this.password(email, password));
  }

  /** Signs in with a code of the time step after the present one, which no test has used. */
  async sessionWithCode(email: string, secret: string): Promise<Session> {
    const { json } = as(403, await this.password(email));
    this.api.clock.advance(30_000);
    return sessionOf(await this.otp(json.mfa_token, this.code(secret)));
  }

  call(session: Pick<Session, 'headers'>, method: Method, url: string, body?: unknown): Promise<Answer> {
    return this.operator.call(method, url, body, { ...session.headers, 'x-forwarded-for': this.address });
  }

  /** Sets up a second factor and confirms it; resolves with its secret. */
  async enrol(session: Session): Promise<string> {
    const mfa = '/hub/v1/account/mfa';
    const { json } = as(200, await this.call(session, 'POST', mfa, { password: PASSWORD }));
    as(204, await this.call(session, 'POST', `${mfa}/confirm`, { otp: this.code(json.secret) }));
    return json.secret;
  }

  /** What the authenticator app shows, so many steps of 30 seconds from now. */
  code(secret: string, steps = 0): string {
    return new TOTP({ secret }).generate({ timestamp: this.api.clock.now().getTime() + steps * 30_000 });
  }
}

/** A step that goes otherwise than it should must not let a test pass for another reason. */
function as(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
}

function sessionOf(answer: Answer): Session {
  const { json } = as(200, answer);
  return {
    refreshToken: json.refresh_token,
    headers: { authorization: `Bearer ${String(json.access_token)}` },
  };
}
