import {
  EgressFailure,
  type ByteRange,
  type Egress,
  type EgressReply,
  type TlsOptions,
} from '../egress/index.js';
import { explainFailure } from './explain-failure.js';
import { explainStatus } from './explain-status.js';
import { UnreadableAnswer } from './unreadable-answer.js';
import type { NodeCredentials } from './watched-clusters.js';

export const LISTING_PATH = '/admin/logs';
const LISTING_TIMEOUT_MS = 5_000;
/** A thousand files are some 150 kB. */
const MAX_LISTING_BYTES = 512 * 1024;
/** A part of a file is some megabytes, and a server without ranges sends all that is before it, too. */
const PART_TIMEOUT_MS = 20_000;

/** Why the log files of a node cannot be read: a code for machines, and a sentence that names the node. */
export class LogsUnavailable extends Error {
  constructor(
    readonly code: string,
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'LogsUnavailable';
  }
}

/** How the nodes of one cluster are asked. */
export interface LogQuestionContext {
  readonly egress: Pick<Egress, 'get'>;
  readonly tls: TlsOptions;
  readonly credentials: NodeCredentials;
  readonly signal: AbortSignal;
}

/** Asks the node at `address` for the list of its log files, or for a part of one. Throws `LogsUnavailable`. */
export class LogQuestions {
  readonly #target: URL;

  constructor(
    private readonly address: string,
    private readonly context: LogQuestionContext,
  ) {
    this.#target = new URL(address);
  }

  /** As people know it: `host:port`. */
  get node(): string {
    return this.#target.host;
  }

  async list<Listing>(parse: (body: string) => Listing): Promise<Listing> {
    const reply = await this.ask(LISTING_PATH, {
      timeoutMs: LISTING_TIMEOUT_MS,
      maxBodyBytes: MAX_LISTING_BYTES,
    });
    if (reply.status !== 200) throw this.refused(reply.status);
    try {
      return parse(reply.body);
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw error;
      throw new LogsUnavailable(error.code, `${this.node} answered ${LISTING_PATH} with ${error.problem}.`);
    }
  }

  /** Undefined when the file, or that part of it, is not there any more. */
  async read(file: string, range: ByteRange): Promise<Buffer | undefined> {
    const path = `${LISTING_PATH}/${file}`;
    const reply = await this.ask(path, {
      timeoutMs: PART_TIMEOUT_MS,
      maxBodyBytes: MAX_LISTING_BYTES,
      range,
    });
    if ([404, 416].includes(reply.status)) return undefined;
    if (![200, 206].includes(reply.status)) throw this.refused(reply.status);
    return reply.bytes;
  }

  private async ask(
    path: string,
    how: { timeoutMs: number; maxBodyBytes: number; range?: ByteRange },
  ): Promise<EgressReply> {
    const { egress, tls, credentials, signal } = this.context;
    if (credentials === 'unreadable') {
      const reason = `Spillway cannot read the cluster's stored credentials and did not ask ${this.node} for ${path}: this process has another SPILLWAY_SECRET_KEY than they were stored with. Correct it, or set them again.`;
      throw new LogsUnavailable('credentials-unreadable', reason);
    }
    const accept = how.range === undefined ? 'application/json' : '*/*';
    const basic = credentials ?? undefined;
    try {
      return await egress.get(this.address.replace(/\/+$/, '') + path, {
        ...tls,
        basic,
        accept,
        signal,
        ...how,
      });
    } catch (error) {
      if (!(error instanceof EgressFailure)) throw error;
      throw new LogsUnavailable(error.code, explainFailure(error, path, this.#target));
    }
  }

  private refused(status: number): LogsUnavailable {
    const hasCredentials = this.context.credentials !== null;
    const question = {
      endpoint: 'logs',
      path: LISTING_PATH,
      host: this.node,
      isAuthenticated: true,
      hasCredentials,
    } as const;
    const { code, reason } = explainStatus(question, status);
    return new LogsUnavailable(code, reason);
  }
}
