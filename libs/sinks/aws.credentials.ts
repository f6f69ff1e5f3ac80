import type { Clock, Outcome } from '../domain/index.js';
import { notBegun, type AwsFailure, type SigningKeys, type SigningKeysProvider } from './aws.client.js';
import { assumeRole, type AssumedRole, type RoleSession } from './aws.role.js';
import { externalIdOf, type AwsSecrets } from './aws.schema.js';
import type { SinkEnvironment, SinkSecrets } from './sink.js';

/** A session is renewed when it has no longer than this. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** Whose keys, for which region, and the role to be assumed with them, if any. */
export interface AwsAccess {
  readonly region: string;
  readonly keys: AwsSecrets;
  readonly roleArn: string | null;
}

type Ready = { readonly ok: true } | AwsFailure;

/**
 * What an integration's calls are signed with: its keys, or those of a session of its role, which is made when it is needed,
 * kept until five minutes before its end, and renewed once for all who wait for it. Never anything of the hub's own.
 */
export class AwsCredentials {
  readonly #access: AwsAccess;
  readonly #clock: Clock;
  readonly #integrationId: string | undefined;
  readonly #settings: SinkEnvironment['processSettings'];
  #session: RoleSession | undefined;
  #isForgotten = false;
  #assuming: Promise<Ready> | undefined;

  constructor(access: AwsAccess, { clock, integrationId, processSettings }: SinkEnvironment) {
    this.#access = access;
    this.#clock = clock;
    this.#integrationId = integrationId;
    this.#settings = processSettings;
  }

  /** For the SDK; to be asked only after `ready`. */
  readonly provider: SigningKeysProvider = Object.assign(() => this.#signing(), { memoized: true as const });

  /** Null when the keys themselves sign. */
  get roleArn(): string | null {
    return this.#access.roleArn;
  }

  /** Everything that may be in no result. */
  get secrets(): SinkSecrets {
    if (!this.#session) return this.#access.keys;
    const { accessKeyId: sessionKeyId, secretAccessKey: sessionSecretKey, sessionToken } = this.#session;
    return { ...this.#access.keys, sessionKeyId, sessionSecretKey, sessionToken };
  }

  /** Makes sure that there is something to sign with. Never throws; when it fails nothing of the caller's was sent. */
  async ready(signal: AbortSignal): Promise<Ready> {
    const { roleArn, keys, region } = this.#access;
    if (roleArn === null || this.#hasGoodSession()) return { ok: true };
    if (this.#integrationId === undefined) return notBegun(notSaved(roleArn));
    const externalId = externalIdOf(this.#integrationId);
    this.#assuming ??= this.#assume({ roleArn, externalId, keys, region }).finally(() => {
      this.#assuming = undefined;
    });
    return untilAborted(this.#assuming, signal);
  }

  /** The session is of no use any more, whatever its end should have been. */
  forget(): void {
    this.#isForgotten = true;
  }

  #hasGoodSession(): boolean {
    if (!this.#session || this.#isForgotten) return false;
    return this.#session.expiresMs - this.#clock.now().getTime() > RENEWED_BEFORE_MS;
  }

  /**
   * Of a forgotten session rather than the user's own: another call may be about to be signed (it may compress its body first),
   * and the user's keys would take it to another account.
   */
  async #signing(): Promise<SigningKeys> {
    if (this.#access.roleArn === null) return this.#access.keys;
    if (!this.#session) throw new Error('The role was not assumed before the call');
    return this.#session;
  }

  async #assume(role: AssumedRole): Promise<Ready> {
    const answer = await assumeRole(role, this.#settings);
    if (!answer.ok) return answer;
    this.#session = answer.session;
    this.#isForgotten = false;
    return { ok: true };
  }
}

const notSaved = (roleArn: string): Outcome => ({
  kind: 'unauthorized',
  code: 'no_external_id',
  reason: `The role ${roleArn} can be tried only after the integration is saved, for its external id is made then.`,
});

const NOT_IN_TIME: Outcome = {
  kind: 'transient',
  code: 'timed_out',
  reason: 'AWS STS gave no session of the role in time: try again later.',
};

/** Its end, or that the caller would not wait for it; others may. */
async function untilAborted(assuming: Promise<Ready>, signal: AbortSignal): Promise<Ready> {
  const { promise, resolve } = Promise.withResolvers<Ready>();
  const giveUp = (): void => resolve(notBegun(NOT_IN_TIME));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([assuming, promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
