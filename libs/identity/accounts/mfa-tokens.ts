import { Injectable } from '@nestjs/common';
import { errors } from 'jose';
import type { AccountEntity } from '../../persistence/index.js';
import { KeyRing } from '../keys/key-ring.js';

/** Neither is an access token's: the one is never taken for the other. */
const KIND = { typ: 'mfa+jwt', audience: 'urn:spillway:mfa' } as const;
const LIFETIME_SECONDS = 5 * 60;

/** Somebody whose password was right. */
export interface HalfSignedIn {
  readonly accountId: string;
  /** What the account was like then, as `updatedAt` in milliseconds: whoever changed its password meanwhile ends the token. */
  readonly version: number;
}

/** Tokens that say that the password was right and the second factor is missing. Good for five minutes, at `/oauth/token` only. */
@Injectable()
export class MfaTokens {
  constructor(private readonly keys: KeyRing) {}

  issue({ id, updatedAt }: AccountEntity): Promise<string> {
    const claims = { sub: id, ver: updatedAt.getTime() };
    return this.keys.sign(claims, { ...KIND, lifetimeSeconds: LIFETIME_SECONDS });
  }

  /** Undefined for what is no such token, or none any more. */
  async read(token: string): Promise<HalfSignedIn | undefined> {
    try {
      const { sub, ver } = await this.keys.verify(token, { ...KIND, requiredClaims: ['sub', 'ver'] });
      return { accountId: String(sub), version: Number(ver) };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
