import type { AccountEntity } from '../../persistence/index.js';
import { OPERATOR_ACCOUNT_ID } from '../tokens/refresh-tokens.js';

/** What operators change of an account, besides its password. */
export type Changeable = Pick<AccountEntity, 'name' | 'active' | 'isOperator'>;
type Wanted = { readonly [Name in keyof Changeable]?: Changeable[Name] | undefined };
type Operator = Pick<AccountEntity, 'id' | 'active' | 'isOperator' | 'passwordHash' | 'externalSubject'>;

/** Of what is wanted only what is not so already. */
export function differences(present: Changeable, wanted: Wanted): Partial<Changeable> {
  const names = ['name', 'active', 'isOperator'] as const;
  return Object.fromEntries(
    names
      .filter((name) => wanted[name] !== undefined && wanted[name] !== present[name])
      .map((name) => [name, wanted[name]]),
  );
}

/** The built-in operator can: with the bootstrap token, or the one that the next start makes. */
const canSignIn = ({ id, passwordHash, externalSubject }: Operator): boolean =>
  id === OPERATOR_ACCOUNT_ID || passwordHash !== null || externalSubject !== null;

const canRunTheHub = (account: Operator): boolean =>
  account.active && account.isOperator && canSignIn(account);

/** Whether the hub still has an operator who can sign in when one of them is changed; true also when it had none before. */
export function keepsAnOperator(
  operators: readonly Operator[],
  id: string,
  change: Partial<Changeable>,
): boolean {
  const afterwards = operators.map((operator) =>
    operator.id === id ? { ...operator, ...change } : operator,
  );
  return !operators.some(canRunTheHub) || afterwards.some(canRunTheHub);
}
