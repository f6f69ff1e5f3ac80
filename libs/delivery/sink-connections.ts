import type { Clock } from '../domain/index.js';
import type { SecretBox } from '../identity/index.js';
import type { IntegrationEntity } from '../persistence/index.js';
import { SINKS, type Sink } from '../sinks/index.js';
import { openSecrets } from './integration-secrets.js';

/** Kept connections at most; beyond that the one made first is dropped and made again when needed. */
const KEPT = 500;

/** Integrations as callable sinks: credentials opened, one connection per integration and revision. */
export class SinkConnections {
  private readonly kept = new Map<string, { readonly revision: number; readonly sink: Sink }>();

  constructor(
    private readonly secretBox: SecretBox,
    private readonly clock: Clock,
    private readonly settings: Readonly<Record<string, unknown>>,
  ) {}

  /** Throws `SecretUnreadable` when its credentials cannot be opened with the present key. */
  of(integration: IntegrationEntity): Sink {
    // A change of credentials is a new revision: an old token is never used again.
    const revision = integration.updatedAt.getTime();
    const kept = this.kept.get(integration.id);
    if (kept?.revision === revision) return kept.sink;
    const sink = this.connect(integration);
    this.kept.delete(integration.id);
    this.kept.set(integration.id, { revision, sink });
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value!);
    return sink;
  }

  private connect(integration: IntegrationEntity): Sink {
    const definition = SINKS.find(({ kind }) => kind === integration.sink);
    if (!definition) throw new Error(`There is no sink ${integration.sink}`);
    const secrets = openSecrets(this.secretBox, integration.id, integration.secrets);
    return definition.connect(integration.config, secrets, {
      apiUrl: this.settings[definition.apiUrlSetting] as string | undefined,
      clock: this.clock,
    });
  }
}
