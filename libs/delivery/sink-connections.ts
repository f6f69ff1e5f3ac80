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
  type StreamLine,
} from '../sinks/index.js';
import { openSecrets } from './integration-secrets.js';

/** Kept connections at most; beyond that the one made first is dropped and made again when needed. */
const KEPT = 500;
/** A line that is dropped is closed after that, in milliseconds: longer than any call takes. */
const LEAVING_MS = 30_000;

/** An integration's line to its sink, as what it takes. */
interface Line {
  readonly connection: SinkConnection;
  readonly sink?: Sink;
  readonly stream?: StreamLine;
}

/** What an integration would be like, with its credentials in clear: never stored, never logged. */
export interface UnsavedIntegration {
  /** Absent where none was ever saved. */
  readonly id?: string;
  readonly sink: string;
  readonly config: SinkConfig;
  readonly secrets: SinkSecrets;
  readonly settings: SinkSettings;
}

/** Integrations as callable sinks: credentials opened, one connection per integration and revision. */
export class SinkConnections {
  private readonly kept = new Map<string, Line & { readonly revision: number }>();
  private readonly leaving = new Map<StreamLine, NodeJS.Timeout>();

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

  /** For a delivery. Throws as `of`, and for a sink that takes streams. */
  sinkOf(integration: IntegrationEntity): Sink {
    const { sink } = this.lineOf(integration);
    if (!sink) throw new Error(`No issues are delivered to ${integration.sink}`);
    return sink;
  }

  /** For a stream. Throws as `of`, and for a sink that takes none. */
  streamOf(integration: IntegrationEntity): StreamLine {
    const { stream } = this.lineOf(integration);
    if (!stream) throw new Error(`No streams are delivered to ${integration.sink}`);
    return stream;
  }

  /** Ends everything, whatever is under way. */
  close(): void {
    for (const id of this.kept.keys()) this.drop(id);
    for (const [stream, timer] of this.leaving) {
      clearTimeout(timer);
      stream.close();
    }
    this.leaving.clear();
  }

  private lineOf(integration: IntegrationEntity): Line {
    // A change of credentials is a new revision: an old token is never used again.
    const revision = integration.updatedAt.getTime();
    const kept = this.kept.get(integration.id);
    if (kept?.revision === revision) return kept;
    const secrets = openSecrets(this.secretBox, integration.id, integration.secrets);
    const line = { ...this.connect({ ...integration, secrets }), revision };
    this.drop(integration.id);
    this.kept.set(integration.id, line);
    if (this.kept.size > KEPT) this.drop(this.kept.keys().next().value!);
    return line;
  }

  /** Of a stream a call may be under way: it ends by itself, or its answer would be lost. */
  private drop(id: string): void {
    const stream = this.kept.get(id)?.stream;
    this.kept.delete(id);
    if (!stream) return;
    const close = (): void => {
      this.leaving.delete(stream);
      stream.close();
    };
    this.leaving.set(stream, setTimeout(close, LEAVING_MS).unref());
  }

  private connect({ id, sink: kind, config, secrets, settings }: UnsavedIntegration): Line {
    const definition = SINKS.find((known) => known.kind === kind);
    if (!definition) throw new Error(`There is no sink ${kind}`);
    const environment = {
      apiUrl: this.settings[definition.apiUrlSetting] as string | undefined,
      clock: this.clock,
      processSettings: this.settings,
      ...(id === undefined ? {} : { integrationId: id }),
    };
    if (definition.delivers === 'streams') {
      const stream = definition.connect(config, secrets, environment, settings);
      return { connection: stream, stream };
    }
    const sink = definition.connect(config, secrets, environment, settings);
    return { connection: sink, sink };
  }
}
