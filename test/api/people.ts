import { newId } from '../../libs/domain/index.js';
import { hashOfToken, newTokenText, REFRESH_TOKEN_PREFIX } from '../../libs/identity/tokens/token-text.js';
import { RefreshTokenStore, type MemberRole } from '../../libs/persistence/index.js';
import type { ApiApp } from './api-app.js';
import type { Answer, ApiClient, Method } from './api-client.js';

/** Who is wanted: without an organization somebody who belongs to none. */
export interface WantedPerson {
  readonly organizationId?: string;
  /** In that organization; a member when absent. */
  readonly role?: MemberRole;
  readonly isOperator?: boolean;
  /** Whether their token was got with a second factor. */
  readonly mfa?: boolean;
  /** Their address; a new one when absent. */
  readonly email?: string;
}

/** Somebody who has signed in. */
export interface Person {
  readonly accountId: string;
  readonly email: string;
  readonly refreshToken: string;
  /** What their requests carry: `client.call(method, url, body, person.headers)`. */
  readonly headers: { readonly authorization: string };
}

/** Makes an account, its membership and a refresh token, and gets an access token with it as clients do. */
export async function person(api: ApiApp, wanted: WantedPerson = {}): Promise<Person> {
  const { organizationId, role = 'member', isOperator = false, mfa = false } = wanted;
  const createdAt = api.clock.now();
  const accountId = newId(createdAt);
  const email = wanted.email ?? `${accountId}@people.example`;
  await api.database.query(
    `INSERT INTO accounts (id, email, name, is_operator, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)`,
    [accountId, email, `Person ${accountId}`, isOperator, createdAt],
  );
  if (organizationId !== undefined) await addMember(api, organizationId, accountId, role);
  const refreshToken = newTokenText(REFRESH_TOKEN_PREFIX);
  const row = { id: newId(createdAt), accountId, label: 'of a person of the tests', mfa, createdAt };
  await new RefreshTokenStore().insert(api.database, { ...row, tokenHash: hashOfToken(refreshToken) });
  return {
    accountId,
    email,
    refreshToken,
    headers: { authorization: await accessTokenFor(api, refreshToken) },
  };
}

/** Makes an account a member, whatever the rules of the API say. */
export async function addMember(
  { database, clock }: ApiApp,
  organizationId: string,
  accountId: string,
  role: MemberRole,
): Promise<void> {
  await database.query(
    'INSERT INTO memberships (organization_id, account_id, role, created_at) VALUES ($1, $2, $3, $4)',
    [organizationId, accountId, role, clock.now()],
  );
}

async function accessTokenFor({ app }: ApiApp, refreshToken: string): Promise<string> {
  const response = await app.inject({
    method: 'POST',
    url: '/oauth/token',
    payload: { grant_type: 'refresh_token', client_id: 'spillway', refresh_token: refreshToken },
  });
  return `Bearer ${response.json<{ access_token: string }>().access_token}`;
}

/** `client.call` in the name of a person. */
export const callAs =
  (client: ApiClient, { headers }: Person) =>
  (method: Method, url: string, body?: unknown): Promise<Answer> =>
    client.call(method, url, body, { ...headers });
