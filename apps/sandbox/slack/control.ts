import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { sendJson } from './answers.js';
import { FAULT_KINDS, type FaultScript, type SlackFault } from './faults.js';
import { shownBy, type SlackMessage, type Workspace } from './workspace.js';

const MAX_WAIT_MS = 60_000;

const fault = z.object({
  method: z.string().default('*'),
  fault: z.looseObject({ kind: z.enum(FAULT_KINDS) }),
  times: z.number().int().min(1).default(1),
});
const token = z.object({
  token: z.string().min(1),
  teamId: z.string().optional(),
  userId: z.string().optional(),
  botId: z.string().optional(),
  scopes: z.array(z.string()).optional(),
});
const channelChange = z.object({
  id: z.string().optional(),
  teamId: z.string().optional(),
  name: z.string().optional(),
  isPrivate: z.boolean().optional(),
  isArchived: z.boolean().optional(),
  isMember: z.boolean().optional(),
});
const message = z.object({ channel: z.string(), ts: z.string() });

/** What of the stand-in is controlled. */
export interface ControlledSlack {
  readonly workspace: Workspace;
  readonly faults: FaultScript;
  readonly requests: readonly { readonly method: string }[];
  readonly version: number;
  onChange(listener: () => void): () => void;
  reset(): void;
}

/** One request to `/_control/`. */
export interface ControlExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: string;
}
type Route = (slack: ControlledSlack, exchange: ControlExchange) => unknown;

/** Without the members that are undefined. */
type Given<Options> = { [Name in keyof Options]: Exclude<Options[Name], undefined> };
const given = <Options extends object>(options: Options): Given<Options> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<Options>;

const read = <Schema extends z.ZodType>(schema: Schema, { body }: ControlExchange): z.output<Schema> =>
  schema.parse(JSON.parse(body));

const withShown = (item: SlackMessage): object => ({ ...item, shown: shownBy(item) });

function state(slack: ControlledSlack): object {
  const { tokens, channels, messages, violations } = slack.workspace;
  return {
    version: slack.version,
    tokens: [...tokens.values()],
    channels: [...channels.values()],
    messages: messages.map(withShown),
    violations,
    pendingFaults: slack.faults.pending,
  };
}

/** Resolves once the version is beyond `after`, or the wait is over. */
function changed(
  slack: ControlledSlack,
  after: number,
  waitMs: number,
  response: ServerResponse,
): Promise<void> {
  if (slack.version > after || waitMs <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stopWatching();
      resolve();
    };
    const timer = setTimeout(end, Math.min(waitMs, MAX_WAIT_MS));
    const stopWatching = slack.onChange(() => {
      if (slack.version > after) end();
    });
    response.once('close', end);
  });
}

const listMessages: Route = async (slack, { url, response }) => {
  const query = url.searchParams;
  await changed(slack, Number(query.get('after') ?? -1), Number(query.get('waitMs') ?? 0), response);
  const channel = query.get('channel') ?? undefined;
  const contains = query.get('contains') ?? '';
  const messages = slack.workspace
    .visibleMessages(channel)
    .filter((item) => contains === '' || JSON.stringify(shownBy(item)).includes(contains));
  return { version: slack.version, messages: messages.map(withShown) };
};

const ROUTES: Readonly<Record<string, Route>> = {
  'GET state': state,
  'DELETE state': (slack) => slack.reset(),
  'GET messages': listMessages,
  'GET requests': (slack, { url }) => {
    const method = url.searchParams.get('method');
    return { requests: slack.requests.filter((item) => method === null || item.method === method) };
  },
  'POST faults': (slack, exchange) => {
    const planned = read(fault, exchange);
    slack.faults.next(planned.method, planned.fault as unknown as SlackFault, planned.times);
  },
  'DELETE faults': (slack) => slack.faults.clear(),
  'POST tokens': (slack, exchange) => {
    const { token: value, ...options } = given(read(token, exchange));
    return slack.workspace.addToken(value, options);
  },
  'POST tokens/revoke': (slack, exchange) =>
    slack.workspace.revokeToken(read(z.object({ token: z.string() }), exchange).token),
  'POST channels': (slack, exchange) => {
    const { name, ...options } = given(read(channelChange.extend({ name: z.string().min(1) }), exchange));
    return slack.workspace.addChannel(name, options);
  },
  'POST channels/change': (slack, exchange) => {
    const { channel, ...change } = given(read(channelChange.extend({ channel: z.string() }), exchange));
    return slack.workspace.changeChannel(channel, change) ?? missing();
  },
  'POST messages/delete': (slack, exchange) => {
    const { channel, ts } = read(message, exchange);
    return slack.workspace.delete(channel, ts) ? undefined : missing();
  },
};

class NotThere extends Error {}
function missing(): never {
  throw new NotThere('there is nothing of that name');
}

/** Serves `/_control/…`: how another process looks at the stand-in and makes it fail. README.md lists the endpoints. */
export async function control(slack: ControlledSlack, exchange: ControlExchange): Promise<void> {
  const { request, response, url } = exchange;
  const route = ROUTES[`${request.method} ${url.pathname.slice('/_control/'.length)}`];
  if (!route) return sendJson(response, 404, { error: 'no such control endpoint' });
  try {
    const result = await route(slack, exchange);
    if (result === undefined) response.writeHead(204).end();
    else sendJson(response, 200, result);
  } catch (error) {
    sendJson(response, error instanceof NotThere ? 404 : 400, {
      error: error instanceof Error ? error.message : String(error),
    });
  }
}
