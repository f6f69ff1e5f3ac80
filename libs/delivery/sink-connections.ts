import type { Clock } from '../domain/index.js';
import type { SecretBox } from '../identity/index.js';
import type { IntegrationEntity } from '../persistence/index.js';
import {
  SINKS,
  type Sink,
  type SinkConfig,
  type SinkConnection,
  type SinkSecrets,
  type SinkSettings,
} from '../sinks/index.js';
import { openSecrets } from './integration-secrets.js';

/** Kept connections at most; beyond that the one made first is dropped and made again when needed. */
const KEPT = 500;

/** An integration's line to its sink; `sink` where something is delivered over it. */
interface Line {
  readonly connection: SinkConnection;
  readonly sink: Sink | undefined;
}

/** What an integration would be like, with its credentials in clear: never stored, never logged. */
export interface UnsavedIntegration {
  readonly sink: string;
  readonly config: SinkConfig;
  readonly secrets: SinkSecrets;
  readonly settings: SinkSettings;
}

/** Integrations as callable sinks: credentials opened, one connection per integration and revision. */
export class SinkConnections {
  private readonly kept = new Map<string, Line & { readonly revision: number }>();

  constructor(
    private readonly secretBox: SecretBox,
    private readonly clock: Clock,
    private readonly settings: Readonly<Record<string, unknown>>,
  ) {}

  /** For a test. Throws `SecretUnreadable` when its credentials cannot be opened with the present key. */
  of(integration: IntegrationEntity): SinkConnection {
    return this.lineOf(integration).connection;
  }

  /** For a test of what is not saved. The connection is not kept. */
  unsaved(integration: UnsavedIntegration): SinkConnection {
    return this.connect(integration).connection;
  }

  /** For a delivery. Throws as `of`, and for a sink that nothing is delivered to. */
  sinkOf(integration: IntegrationEntity): Sink {
    const { sink } = this.lineOf(integration);
    if (!sink) throw new Error(`Nothing is delivered to ${integration.sink}`);
    return sink;
  }

  private lineOf(integration: IntegrationEntity): Line {
    // A change of credentials is a new revision: an old token is never used again.
    const revision = integration.updatedAt.getTime();
    const kept = this.kept.get(integration.id);
    if (kept?.revision === revision) return kept;
    const secrets = openSecrets(this.secretBox, integration.id, integration.secrets);
    const line = { ...this.connect({ ...integration, secrets }), revision };
    this.kept.delete(integration.id);
    this.kept.set(integration.id, line);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value!);
    return line;
  }

  private connect({ sink: kind, config, secrets, settings }: UnsavedIntegration): Line {
    const definition = SINKS.find((known) => known.kind === kind);
    if (!definition) throw new Error(`There is no sink ${kind}`);
    const environment = {
      apiUrl: this.settings[definition.apiUrlSetting] as string | undefined,
      clock: this.clock,
      processSettings: this.settings,
    };
    if (!definition.delivers)
      return { connection: definition.connect(config, secrets, environment, settings), sink: undefined };
    const sink = definition.connect(config, secrets, environment, settings);
    return { connection: sink, sink };
  }
}
