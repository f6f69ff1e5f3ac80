import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { PasswordHashing } from '../../libs/identity/accounts/password-hashing.js';
import { waitUntil } from '../../libs/testing/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer } from './api-client.js';
import { PASSWORD } from './sign-in-client.js';

let api: ApiApp;
let operator: ApiClient;

beforeAll(async () => {
  api = await startApiApp();
  operator = new ApiClient(api.app);
  await operator.signIn();
});
afterAll(() => api.close());

const body = { name: 'Ada', password: PASSWORD };
const making: Readonly<Record<string, () => Promise<Answer>>> = {
  'an operator': () => operator.call('POST', '/hub/v1/accounts', { ...body, email: 'ada@example.com' }),
  'whoever accepts an invite': async () => {
    const { organizationId } = await operator.tenant();
    const invites = `/access/v1/organizations/${organizationId}/invites`;
    const { code } = (await operator.call('POST', invites, { userEmail: 'bob@example.com' })).json;
    return operator.call('POST', '/hub/v1/invites/accept', { ...body, code });
  },
};

it.each(Object.keys(making))(
  'holds no transaction open while the password of %s waits in line',
  async (who) => {
    const hashing = api.app.get(PasswordHashing);
    const inTurn = vi.spyOn(hashing, 'inTurn');
    try {
      let release = () => {};
      const busy = new Promise<void>((resolve) => (release = resolve));
      // As many as are hashed at once, and more.
      const before = Array.from({ length: 4 }, () => hashing.inTurn('check', () => busy));
      const answer = making[who]!();
      await waitUntil(() => inTurn.mock.calls.length > before.length, { what: 'the password to be in line' });
      const open = await api.database.query(
        `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
      );
      release();
      await Promise.all(before);
      expect((await answer).status).toBe(201);
      expect(open).toEqual([]);
    } finally {
      inTurn.mockRestore();
    }
  },
);
