import { Secret, TOTP } from 'otpauth';
import { accessTokenFor, StoryChapter } from './planted-chapter.js';

const OTP_GRANT = 'http://auth0.com/oauth/grant-type/mfa-otp';

/** Accounts, with passwords and second factors: good, changed, wrong. */
export class PeopleChapter extends StoryChapter {
  override async play(): Promise<void> {
    const { client, marks } = this.scene;
    const email = 'ann@example.com';
    const passwords = [marks.plant('password first'), marks.plant('password second')] as const;
    const account = { email, name: 'Ann', password: passwords[0] };
    const { id } = await client.made({ method: 'POST', path: '/hub/v1/accounts', body: account });
    await client.call({ method: 'POST', path: '/hub/v1/accounts', body: account });
    await client.call({
      method: 'POST',
      path: '/hub/v1/accounts',
      body: { ...account, email: marks.plant('password as email') },
    });
    const password = (value: string, username = email) => ({
      grant_type: 'password',
      username,
      password: value,
      client_id: 'esc',
      scope: 'cloud:access offline_access',
      audience: 'a',
    });
    await client.form('/oauth/token', password(marks.plant('password wrong')));
    await client.form('/oauth/token', password(passwords[0], 'nobody@example.com'));
    const token = await accessTokenFor(this.scene, password(passwords[0]));
    const change = { current: passwords[0], new: passwords[1] };
    await client.made({ method: 'PUT', path: '/hub/v1/account/password', body: change, token });
    const mfa = '/hub/v1/account/mfa';
    const offered = await client.made({ method: 'POST', path: mfa, body: { password: passwords[1] }, token });
    marks.learn('totp secret', offered.secret);
    const totp = new TOTP({ secret: Secret.fromBase32(offered.secret) });
    await client.made({ method: 'POST', path: `${mfa}/confirm`, body: { otp: totp.generate() }, token });
    const { json } = await client.form('/oauth/token', password(passwords[1]));
    await client.call({
      method: 'POST',
      path: '/mfa/challenge',
      body: { mfa_token: json.mfa_token, challenge_type: 'otp' },
    });
    await client.form('/oauth/token', {
      grant_type: OTP_GRANT,
      client_id: 'c',
      mfa_token: json.mfa_token,
      otp: marks.plant('otp'),
    });
    await accessTokenFor(this.scene, {
      grant_type: OTP_GRANT,
      client_id: 'c',
      mfa_token: json.mfa_token,
      otp: totp.generate({ timestamp: Date.now() + 30_000 }),
    });
    await client.made({
      method: 'PATCH',
      path: `/hub/v1/accounts/${id}`,
      body: { password: marks.plant('password of operator') },
    });
  }
}

/** Tokens and codes of invites: made, used, resent, revoked. */
export class TokensChapter extends StoryChapter {
  override async play(): Promise<void> {
    const { client, marks } = this.scene;
    const own = await client.made({
      method: 'POST',
      path: '/access/v1/tokens/user',
      body: { label: 'terraform' },
    });
    marks.learn('own token', tokenIn(own));
    await accessTokenFor(this.scene, {
      grant_type: 'refresh_token',
      client_id: 'c',
      refresh_token: tokenIn(own),
    });
    await client.made({ method: 'DELETE', path: `/access/v1/tokens/user/${own.id}` });
    await client.form('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: 'c',
      refresh_token: tokenIn(own),
    });
    await client.form('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: 'c',
      refresh_token: marks.plant('refresh token wrong'),
    });

    const ingest = await client.made({
      method: 'POST',
      path: `/hub/v1/${this.scene.project}/ingest-tokens`,
      body: { label: 'telegraf' },
    });
    marks.learn('ingest token', tokenIn(ingest));
    const notification = {
      method: 'POST',
      path: `/hub/v1/${this.scene.project}/notifications`,
      body: { message: 'm' },
    };
    await client.made({ ...notification, token: tokenIn(ingest) });
    await client.call({ ...notification, token: `spi_${marks.plant('ingest token wrong')}` });
    await client.made({ method: 'DELETE', path: `/hub/v1/${this.scene.project}/ingest-tokens/${ingest.id}` });
    await client.call({ ...notification, token: tokenIn(ingest) });

    const invites = `/access/v1/${this.scene.organization}/invites`;
    const invite = await client.made({
      method: 'POST',
      path: invites,
      body: { userEmail: 'bob@example.com' },
    });
    marks.learn('invite code', invite.code);
    const resent = await client.made({ method: 'PUT', path: invites, body: { id: invite.id } });
    marks.learn('resent code', resent.code);
    const newcomer = { name: 'Bob', password: marks.plant('newcomer password') };
    for (const code of [invite.code, marks.plant('invite code wrong'), resent.code, resent.code])
      await client.call({
        method: 'POST',
        path: '/hub/v1/invites/accept',
        body: { ...newcomer, code },
        token: '',
      });
  }
}

/** Of an answer that shows a token, whatever the member is called. */
function tokenIn(answer: Readonly<Record<string, unknown>>): string {
  const found = Object.values(answer).find((value) => typeof value === 'string' && /^sp[wi]_/.test(value));
  if (typeof found !== 'string') throw new Error('There is no token in the answer');
  return found;
}
