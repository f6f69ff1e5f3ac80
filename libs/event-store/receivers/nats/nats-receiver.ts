import type { Logger } from '../../../observability/logging/index.js';
import { Tally } from '../../tallies/index.js';
import type { Receiver, ReceiverParts } from '../receiver.js';
import { connectionOptions } from './connection-options.js';
import { HeldMessages } from './held-messages.js';
import { JetStreamSession } from './jetstream-session.js';
import { MessagePump } from './message-pump.js';
import { MessageStore } from './message-store.js';
import { NatsLink, type Session } from './nats-link.js';
import type { NatsSettings } from './nats.schema.js';
import { SubscriptionSession } from './subscription-session.js';
import { NATS_TIMING, type NatsTiming } from './timing.js';

/** Receives lines of a NATS subject, by a plain subscription or from a JetStream stream. */
export class NatsReceiver implements Receiver {
  private readonly logger: Logger;
  private readonly pump: MessagePump;
  private readonly store: MessageStore;
  private readonly dropped: Tally;
  private readonly held = new HeldMessages();
  private readonly link: NatsLink;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly settings: NatsSettings,
    private readonly parts: ReceiverParts,
    private readonly timing: NatsTiming = NATS_TIMING,
  ) {
    const { name, intake, process, stats } = parts;
    this.logger = parts.logger.child({ receiver: name });
    this.store = new MessageStore(
      { intake, process, stats, logger: this.logger },
      settings.cluster,
      timing.repeatedAfterMs,
    );
    this.pump = new MessagePump({
      store: (message) => this.store.store(message),
      maxBytes: settings.max_pending_bytes,
      againMs: timing.storeAgainMs,
    });
    this.dropped = new Tally(timing.repeatedAfterMs, (messages, subject) => {
      this.logger.error({ event: 'messages.dropped', messages, subject, bytesWaiting: this.pump.bytes });
    });
    this.link = new NatsLink({ name, settings, session: this.session(), logger: this.logger, timing });
  }

  /** Resolves also when there is no server: it is looked for until it is there. Rejects when a file cannot be used. */
  async start(): Promise<void> {
    await connectionOptions(this.parts.name, this.settings);
    this.link.start();
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  private session(): Session {
    const { settings, pump, held, timing } = this;
    const { jetstream: jetStream } = settings;
    return jetStream
      ? new JetStreamSession({ settings, jetStream, pump, held })
      : new SubscriptionSession({
          settings,
          pump,
          onDropped: (subject) => this.noteDropped(subject),
          drainMs: timing.drainMs,
        });
  }

  private noteDropped(subject: string): void {
    this.parts.stats?.count('manager.status', 'dropped_full');
    this.dropped.add(1, subject.slice(0, 200));
  }

  private async end(): Promise<void> {
    await this.link.stopSession();
    const left = await this.pump.finish(this.timing.graceMs);
    await this.link.close();
    this.held.close();
    this.dropped.close();
    this.store.close();
    if (left === 0) return;
    if (this.settings.jetstream) this.logger.warn({ event: 'messages.returned', messages: left });
    else {
      this.parts.stats?.count('manager.errors', 'receiver_lost', left);
      this.logger.error({ event: 'messages.lost', messages: left });
    }
  }
}
