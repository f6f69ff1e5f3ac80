import { nkeys } from '@nats-io/transport-node';

type Keys = ReturnType<typeof nkeys.createUser>;

/** An operator with one account: what its server has to be told, and what its users show. */
export interface NatsOperator {
  /** For `startNats({ operatorConfig })`. */
  readonly config: string;
  /** Content of a new user's `.creds` file. */
  credentials(): string;
}

const NO_LIMIT = -1;

/** Makes keys and tokens as the `nsc` tool does. Users of another operator are not accepted. */
export function makeNatsOperator(): NatsOperator {
  const [operator, account] = [nkeys.createOperator(), nkeys.createAccount()];
  const operatorToken = token(operator, operator, { type: 'operator' });
  const accountToken = token(operator, account, { type: 'account', limits: limits(ACCOUNT_LIMITS) });
  return {
    config: [
      `operator: ${operatorToken}`,
      'resolver: MEMORY',
      `resolver_preload: { ${account.getPublicKey()}: ${accountToken} }`,
    ].join('\n'),
    credentials: () => {
      const user = nkeys.createUser();
      const userToken = token(account, user, { type: 'user', pub: {}, sub: {}, ...limits(USER_LIMITS) });
      return [
        '-----BEGIN NATS USER JWT-----',
        userToken,
        '------END NATS USER JWT------',
        '',
        '-----BEGIN USER NKEY SEED-----',
        seedOf(user),
        '------END USER NKEY SEED------',
        '',
      ].join('\n');
    },
  };
}

const USER_LIMITS = ['subs', 'data', 'payload'];
const ACCOUNT_LIMITS = [...USER_LIMITS, 'imports', 'exports', 'conn', 'leaf'];
const limits = (names: readonly string[]): object => ({
  ...Object.fromEntries(names.map((name) => [name, NO_LIMIT])),
  wildcards: true,
});

function token(issuer: Keys, subject: Keys, claims: object): string {
  const body = {
    jti: subject.getPublicKey(),
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: 'test',
    nats: { ...claims, version: 2 },
  };
  const text = [{ typ: 'JWT', alg: 'ed25519-nkey' }, body]
    .map((part) => base64(JSON.stringify(part)))
    .join('.');
  return `${text}.${base64(issuer.sign(Buffer.from(text)))}`;
}

const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url');
const seedOf = (keys: Keys): string => Buffer.from(keys.getSeed()).toString();
