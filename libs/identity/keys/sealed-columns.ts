import type { SealedPlace } from '../../persistence/index.js';
import { signingKeyOwner } from './signing-keys.js';

/** A sealed column, and for which owner the value of a row is sealed. */
export interface SealedColumn extends SealedPlace {
  readonly ownerOf: (id: string) => string;
}

/** Every column whose values a secret box sealed: what is not in this list is lost when an earlier key is dropped. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'integrations', column: 'secrets', ownerOf: (id) => `integration:${id}` },
  { table: 'clusters', column: 'credentials', ownerOf: (id) => `cluster:${id}` },
  { table: 'accounts', column: 'totp_secret', ownerOf: (id) => `account:${id}` },
  { table: 'signing_keys', column: 'private_key', ownerOf: signingKeyOwner },
];
