import { EventEmitter } from 'node:events';
import { PaceWatch, type PaceViolation } from './pace-watch.js';

/** A credential of the simulated Slack. Two tokens with the same `botId` are the same identity. */
export interface SlackToken {
  readonly token: string;
  /** Only channels of the same workspace can be seen. */
  readonly teamId: string;
  readonly userId: string;
  /** Absent for a user's token. */
  readonly botId?: string;
  readonly scopes: readonly string[];
  readonly revoked: boolean;
}

export interface SlackChannel {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  /** Whether the apps are in it. */
  readonly isMember: boolean;
}

/** What a message showed from `at` on. Members are as sent, decoded from JSON. */
export interface SlackRevision {
  readonly at: Date;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly attachments: readonly SlackMessageAttachment[];
  readonly metadata?: SlackMetadata;
}
export interface SlackMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}
export interface SlackMessageAttachment {
  readonly color?: string;
  readonly fallback?: string;
  readonly text?: string;
  readonly blocks?: readonly unknown[];
}

/** A message with everything it ever showed, oldest first; the last revision is what a person sees now. */
export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  /** Identity that posted it: the bot, or the user. */
  readonly postedBy: string;
  readonly postedAt: Date;
  readonly deletedAt?: Date;
  readonly revisions: readonly [SlackRevision, ...SlackRevision[]];
}

interface WorkspaceEvents {
  posted: [SlackMessage];
  updated: [SlackMessage];
  deleted: [SlackMessage];
}

export type TokenOptions = Partial<Omit<SlackToken, 'token' | 'revoked'>>;
export type ChannelOptions = Partial<Omit<SlackChannel, 'name'>>;

export const DEFAULT_TEAM_ID = 'T0SPILLWAY';
const DEFAULT_SCOPES = ['chat:write', 'chat:write.public', 'channels:read', 'channels:history'];

/** The identity behind a token, as messages remember it. */
export const identityOf = (token: SlackToken): string => token.botId ?? token.userId;

/** What the message shows now. */
export const shownBy = (message: SlackMessage): SlackRevision =>
  message.revisions.at(-1) ?? message.revisions[0];

/** State of the simulated Slack: tokens, channels, messages. Announces every change of a message. */
export class Workspace {
  readonly events = new EventEmitter<WorkspaceEvents>();
  readonly tokens = new Map<string, SlackToken>();
  readonly channels = new Map<string, SlackChannel>();
  readonly pace = new PaceWatch();
  readonly #messages = new Map<string, SlackMessage>();
  #lastMicroseconds = 0;
  #serial = 0;

  /** Adds or replaces a token. By default a bot of its own, with scopes to post, look and read history. */
  addToken(token: string, options: TokenOptions = {}): SlackToken {
    this.#serial += 1;
    const bot = options.userId === undefined ? { botId: `B${String(this.#serial).padStart(8, '0')}` } : {};
    const added: SlackToken = {
      token,
      teamId: DEFAULT_TEAM_ID,
      userId: `U${String(this.#serial).padStart(8, '0')}`,
      scopes: DEFAULT_SCOPES,
      revoked: false,
      ...bot,
      ...options,
    };
    this.tokens.set(token, added);
    return added;
  }

  revokeToken(token: string): void {
    const known = this.tokens.get(token);
    if (known) this.tokens.set(token, { ...known, revoked: true });
  }

  /** Adds a channel; its name is without `#`. By default public, and the apps are in it. */
  addChannel(name: string, options: ChannelOptions = {}): SlackChannel {
    this.#serial += 1;
    const channel: SlackChannel = {
      id: `C${String(this.#serial).padStart(9, '0')}`,
      teamId: DEFAULT_TEAM_ID,
      name,
      isPrivate: false,
      isArchived: false,
      isMember: true,
      ...options,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** Changes a channel by ID or name, e.g. `{isArchived: true}`. */
  changeChannel(idOrName: string, change: ChannelOptions): SlackChannel | undefined {
    const channel = [...this.channels.values()].find(
      (item) => item.id === idOrName || item.name === idOrName,
    );
    if (!channel) return undefined;
    const changed = { ...channel, ...change, id: channel.id };
    this.channels.set(changed.id, changed);
    return changed;
  }

  /** Posts and updates that came faster than Slack allows. */
  get violations(): readonly PaceViolation[] {
    return this.pace.violations;
  }

  /** Every message ever posted, oldest first, deleted ones too. */
  get messages(): readonly SlackMessage[] {
    return [...this.#messages.values()];
  }

  /** What a person scrolling through Slack would see, oldest first; of one channel, by ID or name, if given. */
  visibleMessages(channel?: string): readonly SlackMessage[] {
    const isWanted = (id: string): boolean =>
      channel === undefined || id === channel || this.channels.get(id)?.name === channel;
    return this.messages.filter((message) => message.deletedAt === undefined && isWanted(message.channel));
  }

  find(channel: string, ts: string): SlackMessage | undefined {
    const message = this.#messages.get(`${channel} ${ts}`);
    return message?.deletedAt === undefined ? message : undefined;
  }

  post(channel: string, postedBy: string, content: Omit<SlackRevision, 'at'>): SlackMessage {
    const at = new Date();
    const message: SlackMessage = {
      channel,
      ts: this.#nextTs(at),
      postedBy,
      postedAt: at,
      revisions: [{ ...content, at }],
    };
    this.#keep('posted', message);
    return message;
  }

  update(message: SlackMessage, content: Omit<SlackRevision, 'at'>): SlackMessage {
    const updated: SlackMessage = {
      ...message,
      revisions: [...message.revisions, { ...content, at: new Date() }],
    };
    this.#keep('updated', updated);
    return updated;
  }

  /** Removes the message as a person would; `false` when there is none. */
  delete(channel: string, ts: string): boolean {
    const message = this.find(channel, ts);
    if (message) this.#keep('deleted', { ...message, deletedAt: new Date() });
    return message !== undefined;
  }

  clear(): void {
    this.tokens.clear();
    this.channels.clear();
    this.#messages.clear();
    this.pace.clear();
  }

  #keep(event: keyof WorkspaceEvents, message: SlackMessage): void {
    this.#messages.set(`${message.channel} ${message.ts}`, message);
    this.events.emit(event, message);
  }

  /** Seconds with six digits, never twice the same. */
  #nextTs(at: Date): string {
    this.#lastMicroseconds = Math.max(this.#lastMicroseconds + 1, at.getTime() * 1_000);
    const digits = String(this.#lastMicroseconds);
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
}
