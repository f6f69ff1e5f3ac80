import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { Fate } from './message-pump.js';

/** What is given up comes again a little later: at once it would go to a request of the connection that is just ending. */
const GIVEN_UP = `-NAK ${JSON.stringify({ delay: nanos(500) })}`;
/** What is published to where a message wants its answer. The library does the same, but only by the connection that it came by. */
const ANSWERS: Readonly<Record<Fate, string>> = { stored: '+ACK', refused: '+TERM', left: GIVEN_UP };
const IN_PROGRESS = '+WPI';

/**
 * Messages of a stream between their delivery and their acknowledgement. An acknowledgement belongs to the consumer, not
 * to the connection: what cannot be sent now is sent by the next connection, before that asks for more.
 */
export class HeldMessages {
  /** Where to answer, by the message. */
  private readonly held = new Map<string, string>();
  private unsent: { reply: string; answer: string }[] = [];
  private connection: NatsConnection | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Answers by this connection from now on, and tells the server in time that messages are still being worked on. */
  attach(connection: NatsConnection, ackWaitMs: number): void {
    this.connection = connection;
    for (const { reply, answer } of this.unsent.splice(0)) this.send(reply, answer);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.plead(), ackWaitMs / 3).unref();
    this.plead();
  }

  /** Takes a message; false when it is held already and was delivered again. */
  add(key: string, reply: string): boolean {
    if (this.held.has(key)) return false;
    this.held.set(key, reply);
    return true;
  }

  settle(key: string, fate: Fate): void {
    const reply = this.held.get(key);
    this.held.delete(key);
    if (reply !== undefined) this.send(reply, ANSWERS[fate]);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private plead(): void {
    if (this.connection?.isClosed() === false)
      for (const reply of this.held.values()) this.connection.publish(reply, IN_PROGRESS);
  }

  private send(reply: string, answer: string): void {
    if (this.connection?.isClosed() === false) this.connection.publish(reply, answer);
    else this.unsent.push({ reply, answer });
  }
}
