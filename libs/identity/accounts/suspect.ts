import { createHash } from 'node:crypto';
import { networkOf } from './network-key.js';
import { FAILURES_OF, type Counted } from './throttle-policy.js';

/** Of the network; there is none when the connection is gone already. */
type Address = string | null | undefined;

/** Somebody who signs in, as far as that can be known before. */
interface Stranger {
  /** As it was typed; whether there is such an account makes no difference. */
  readonly email: string;
  readonly address: Address;
  readonly shows: 'password' | 'code';
}

/** Somebody who is signed in and shows the password or a code again. */
interface Insider {
  readonly accountId: string;
  readonly address: Address;
}

/** Who may be guessing. */
export type Suspect = Stranger | Insider;

/** Where an attempt is counted. */
export interface Counter {
  readonly counted: Counted;
  readonly key: string;
  /** So many failures lock it. */
  readonly limit: number;
}

/** What somebody may hold of something that all need. */
export interface Share {
  readonly key: string;
  /** So many at once. */
  readonly atOnce: number;
}

/** Places in the line for hashing: a right password costs as much as a wrong one, and is not locked. */
const PLACES_OF = { account: 3, network: 8 } as const;

/** Always in this order: two attempts that claim the same counters wait for each other, and never both. */
export function countersOf(suspect: Suspect): readonly [Counter, ...Counter[]] {
  if ('accountId' in suspect) return [counter('session', suspect.accountId)];
  const account = hashOf(suspect.email);
  const network = networkOf(suspect.address);
  return [
    counter('account', account),
    ...(suspect.shows === 'code' ? [counter('code', account)] : []),
    counter('pair', `${account}@${network}`),
    counter('network', network),
  ];
}

/** The keys under which failures of one account are counted: exactly these, and all that begin with the prefix. */
export const keysOfAccount = (email: string) => {
  const account = hashOf(email);
  return { keys: [`account:${account}`, `code:${account}`], prefix: `pair:${account}@` };
};

const hashOf = (email: string): string => createHash('sha256').update(email.toLowerCase()).digest('hex');

/** What a suspect takes of the line for hashing: of the places of the account, and of those of the network. */
export const sharesOf = (suspect: Suspect): readonly Share[] => [
  { key: countersOf(suspect)[0].key, atOnce: PLACES_OF.account },
  { key: `network:${networkOf(suspect.address)}`, atOnce: PLACES_OF.network },
];

const counter = (counted: Counted, of: string): Counter => ({
  counted,
  key: `${counted}:${of}`,
  limit: FAILURES_OF[counted],
});
