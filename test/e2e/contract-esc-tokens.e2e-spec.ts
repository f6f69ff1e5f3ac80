import { TOTP, Secret } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubClient } from '../../apps/sandbox/hub/index.js';
import { SecondFactorNeeded, type EscClient } from './support/esc-client.js';
import { esc } from './support/esc-decoders.js';
import { BOOTSTRAP_TOKEN, newEscClient, startEscStage, type EscStage } from './support/esc-stage.js';

const EMAIL = 'Ann.Smith@example.com';
const PASSWORD = 'seven bright herons over the lake';

let stage: EscStage;
let client: EscClient;

beforeAll(async () => {
  stage = await startEscStage();
  ({ client } = stage);
});
afterAll(() => stage?.stop());

describe('esc access tokens', () => {
  it('verifies the token with the public key of its settings, and is content with its claims', async () => {
    const token = await client.refresh(BOOTSTRAP_TOKEN);
    const { exp, aud, iat } = client.verify(token);
    expect(exp - iat!).toBe(token.expires_in);
    expect(aud).toBe('https://api.eventstore.cloud');
    expect(token).toMatchObject({ token_type: 'Bearer', scope: expect.stringMatching(/\S/) });
  });

  it('uses the same refresh token again and again, also at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => client.refresh(BOOTSTRAP_TOKEN)));
    expect(new Set(tokens.map(({ refresh_token: again }) => again))).toEqual(new Set([BOOTSTRAP_TOKEN]));
  });

  it('sends the scheme as it came, also in lower case', async () => {
    const token = await client.refresh(BOOTSTRAP_TOKEN);
    client.token = { ...token, token_type: 'bearer' };
    await client.read(esc.organizations, 'GET', '/resources/v1/organizations');
  });

  it('signs in with a password, then with a second factor', async () => {
    const operator = new HubClient(stage.hub.url);
    await operator.logIn(BOOTSTRAP_TOKEN);
    const account = { email: EMAIL, name: 'Ann Smith', password: PASSWORD };
    await operator.call('POST', '/hub/v1/accounts', account);
    const person = await newEscClient(stage.hub);
    await expect(person.signIn(EMAIL, 'wrong')).rejects.toThrow('not authorized');
    const token = await person.signIn(EMAIL.toLowerCase(), PASSWORD);
    person.verify(token);
    expect(token.refresh_token).toMatch(/^spw_/);
    expect(await person.read(esc.organizations, 'GET', '/resources/v1/organizations')).toEqual({
      organizations: [],
    });
    await person.refresh(token.refresh_token!);

    const offered = await person.call('POST', '/hub/v1/account/mfa', { password: PASSWORD });
    const totp = new TOTP({
      secret: Secret.fromBase32((JSON.parse(offered.body) as { secret: string }).secret),
    });
    await person.call('POST', '/hub/v1/account/mfa/confirm', { otp: totp.generate() });
    const needed = await person.signIn(EMAIL, PASSWORD).catch((error: unknown) => error);
    expect(needed).toBeInstanceOf(SecondFactorNeeded);
    const { mfaToken } = needed as SecondFactorNeeded;
    await person.challenge(mfaToken);
    await expect(person.useOneTimePassword(mfaToken, '000000')).rejects.toThrow('not authorized');
    // The code of the enrolment is used up; a clock may be a step ahead.
    const otp = totp.generate({ timestamp: Date.now() + 30_000 });
    person.verify(await person.useOneTimePassword(mfaToken, otp));
    await person.read(esc.organizations, 'GET', '/resources/v1/organizations');
  });
});
