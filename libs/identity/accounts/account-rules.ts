import type { AccountEntity } from '../../persistence/index.js';
import { OPERATOR_ACCOUNT_ID } from '../tokens/refresh-tokens.js';

/** What operators change of an account, besides its password. */
export type Changeable = Pick<AccountEntity, 'name' | 'active' | 'isOperator'>;
type Wanted = { readonly [Name in keyof Changeable]?: Changeable[Name] | undefined };
type Operator = Pick<AccountEntity, 'id' | 'active' | 'isOperator' | 'passwordHash' | 'externalIssuer'>;

/** What people call an account by. */
export const nameOf = ({ email, name }: Pick<AccountEntity, 'email' | 'name'>): string => email ?? name;

/** Of what is wanted only what is not so already. */
export function differences(present: Changeable, wanted: Wanted): Partial<Changeable> {
  const names = ['name', 'active', 'isOperator'] as const;
  return Object.fromEntries(
    names
      .filter((name) => wanted[name] !== undefined && wanted[name] !== present[name])
      .map((name) => [name, wanted[name]]),
  );
}

/**
 * With an external issuer passwords let nobody in, and without one only they do. The built-in operator always can: with
 * the bootstrap token, or the one that the next start makes.
 */
const canSignIn = ({ id, passwordHash, externalIssuer }: Operator, issuer: string | undefined): boolean =>
  id === OPERATOR_ACCOUNT_ID || (issuer === undefined ? passwordHash !== null : externalIssuer === issuer);

/**
 * Whether the hub still has an operator who can sign in when one of them is changed; true also when it had none before.
 * `issuer` is the external one that people come from, if there is one.
 */
export function keepsAnOperator(
  operators: readonly Operator[],
  id: string,
  change: Partial<Changeable & Omit<Operator, 'id'>>,
  issuer: string | undefined,
): boolean {
  const afterwards = operators.map((operator) =>
    operator.id === id ? { ...operator, ...change } : operator,
  );
  const canRunTheHub = (account: Operator): boolean =>
    account.active && account.isOperator && canSignIn(account, issuer);
  return !operators.some(canRunTheHub) || afterwards.some(canRunTheHub);
}
