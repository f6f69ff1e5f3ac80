import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/logging/index.js';
import type { StatsView } from '../stats/index.js';

/** The `api` section of the configuration. */
export interface ApiSettings {
  /** A name or an address of this machine; empty: all of its interfaces. */
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Whether a connection serves more than one request. */
  readonly keepAlives: boolean;
  /** How long a connection may be idle between two requests; 0: as long as it may stand still in any other state. */
  readonly idleTimeoutMs: number;
  /** Standard base64 of the 32 bytes of an Ed25519 key. Absent or empty: everybody may read and write. */
  readonly jwtPublicKey: string | undefined;
  readonly isSwaggerUiEnabled: boolean;
  /** Of requests without the parameter `cluster`, which are refused otherwise. */
  readonly defaultCluster?: string | undefined;
}

/** What the API is made of, besides HTTP. */
export interface ApiParts {
  /**
   * Stores all lines of a body or none; durable when it resolves. May throw `LineProtocolError`, `IntakeFull`,
   * `StorageUnavailable` and `StorageRefused`.
   */
  readonly write: (body: Buffer, cluster: string | undefined) => Promise<void>;
  /** Resolves with the JSON text of the answer. May throw `BadQuery` and `StorageUnavailable`. */
  readonly query: (body: Buffer) => Promise<string>;
  readonly stats: () => StatsView | Promise<StatsView>;
  /** Whether lines can be stored at the moment: what `/health/ready` says. */
  readonly isReady: () => boolean | Promise<boolean>;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface ApiServer {
  /**
   * Resolves with the URL when it listens. Rejects with a sentence that names address and port when it cannot. Of a name
   * with several addresses the first is taken, IPv4 before IPv6, as cc-event-store does.
   */
  listen(): Promise<string>;
  /**
   * Takes no more requests, closes idle connections at once, and resolves when what was under way is answered, or
   * `graceMs` later, when it is cut off. May be called more than once, and of a server that never listened.
   */
  close(): Promise<void>;
}
