import { z } from 'zod';
import type { AwsAccounts } from './aws-account.js';
import type { LogStore } from './log-store.js';
import type { MetricStore } from './metric-store.js';

/** What of the stand-in is controlled. */
interface Controlled {
  readonly accounts: AwsAccounts;
  readonly logs: LogStore;
  readonly metrics: MetricStore;
  clockAheadMs: number;
  throttlePerSecond(operation: string, calls: number | undefined): void;
}

type Command = (standIn: Controlled, body: unknown) => unknown;

const some = z.string().min(1);
const place = { region: some.optional(), accountId: some.optional() };

const key = z.object({
  accessKeyId: some,
  secretAccessKey: some,
  denied: z.array(z.string()).default([]),
  accountId: some.optional(),
});
const role = z.object({
  arn: some,
  externalId: some.optional(),
  trusted: z.array(z.string()),
  denied: z.array(z.string()).default([]),
  maxSessionSeconds: z.int().min(1).default(3_600),
});
const group = z.object({
  name: some,
  region: some,
  accountId: some.optional(),
  retentionDays: z.number().positive().optional(),
});
const events = z.object({
  group: some,
  stream: some,
  ...place,
  from: z.int().min(0).default(0),
  limit: z.int().min(1).default(10_000),
  capture: z.string().optional(),
});
const pace = z.object({ operation: some, perSecond: z.number().positive().nullable() });

/** Of those members that are there. */
const given = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Name in keyof Value]: Exclude<Value[Name], undefined>;
  };

function addGroup({ accounts }: Controlled, body: unknown): object {
  const { name, region, accountId, retentionDays } = group.parse(body);
  const added = accounts.addLogGroup(name, region, accountId);
  if (retentionDays !== undefined) added.retentionDays = retentionDays;
  return added;
}

/** One page: events, or, with `capture`, what its first group is in each message (null without a match). */
function readEvents({ logs }: Controlled, body: unknown): object {
  const { group: name, stream, capture, ...asked } = events.parse(body);
  const page = logs.events(name, stream, given(asked));
  if (capture === undefined) return { events: page };
  const pattern = new RegExp(capture);
  return { captured: page.map(({ message }) => pattern.exec(message)?.[1] ?? null) };
}

/** What `POST /_control/<name>` does. README.md lists them. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'keys',
    ({ accounts }, body) => {
      const { accessKeyId, secretAccessKey, ...rest } = key.parse(body);
      return accounts.addKey(accessKeyId, secretAccessKey, given(rest));
    },
  ],
  [
    'roles',
    ({ accounts }, body) => {
      const { arn, ...rest } = role.parse(body);
      return accounts.addRole(arn, given(rest));
    },
  ],
  ['log-groups', addGroup],
  ['expire-sessions', ({ accounts }) => accounts.expireSessions()],
  [
    'clock',
    (standIn, body) => {
      standIn.clockAheadMs = z.object({ aheadMs: z.number() }).parse(body).aheadMs;
    },
  ],
  [
    'throttle',
    (standIn, body) => {
      const { operation, perSecond } = pace.parse(body);
      standIn.throttlePerSecond(operation, perSecond ?? undefined);
    },
  ],
  [
    'keep',
    ({ logs, metrics }, body) => {
      const { events: keep } = z.object({ events: z.boolean() }).parse(body);
      logs.keepEvents = keep;
      metrics.keepData = keep;
    },
  ],
  [
    'refuse-metrics',
    ({ metrics }, body) => {
      const names = new Set(z.object({ names: z.array(z.string()) }).parse(body).names);
      metrics.refuse(({ MetricName }) => names.has(MetricName));
    },
  ],
  ['events', readEvents],
  [
    'data',
    ({ metrics }, body) => {
      const { namespace, ...rest } = z.object({ namespace: some, ...place }).parse(body);
      return { data: metrics.data(namespace, given(rest)) };
    },
  ],
]);
