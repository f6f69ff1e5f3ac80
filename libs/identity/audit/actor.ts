import { AsyncLocalStorage } from 'node:async_hooks';

/** Who is doing what is being done now. */
export interface Actor {
  /** Null for an ingest token, and for the hub itself. */
  readonly accountId: string | null;
  readonly who: string;
  readonly tokenId: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
}

const HUB: Actor = { accountId: null, who: 'the hub', tokenId: null, requestId: null, address: null };

const present = new AsyncLocalStorage<Actor>();

/** Runs `work` in the name of `actor`: whatever it records in the audit log is theirs. */
export const actingAs = <Result>(actor: Actor, work: () => Result): Result => present.run(actor, work);

/** Who acts; the hub itself outside of requests. */
export const currentActor = (): Actor => present.getStore() ?? HUB;
