import { CloudWatchStandIn } from '../../apps/sandbox/cloudwatch/index.js';
import { OpsGenieStandIn } from '../../apps/sandbox/opsgenie/index.js';
import { SlackStandIn, type SlackFault } from '../../apps/sandbox/slack/index.js';
import type { Fault } from '../../apps/sandbox/stand-in/index.js';
import type { SinkConfig, SinkSecrets } from '../sinks/index.js';

/** What can befall a connection test, whoever the vendor is. */
export const CONNECTION_FAULTS = [
  'throttled',
  'unavailable',
  'html',
  'html-502',
  'redirect',
  'drop',
  'hang',
  'stall',
] as const;
export type ConnectionFault = (typeof CONNECTION_FAULTS)[number];

/** A running stand-in of one sink's vendor, and an integration that goes there. */
export interface ConnectionRig {
  readonly config: SinkConfig;
  /** Each of them is planted: whatever comes out is searched for it. */
  readonly secrets: SinkSecrets;
  /** The masked forms as the contract names them. */
  readonly display: Readonly<Record<string, string>>;
  /** What the operator sets for it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Makes the vendor know the credentials and the destination; until then it refuses them. */
  accept(): void;
  fail(fault: ConnectionFault): void;
  /** How many requests have come in, and the credential of each. */
  readonly credentials: readonly (string | undefined)[];
  whenRequested(count: number): Promise<void>;
  /** Forgets everything. */
  reset(): void;
  stop(): Promise<void>;
}

const SLACK_FAULTS: Readonly<Record<ConnectionFault, SlackFault>> = {
  throttled: { kind: 'rate-limit', retryAfter: 7 },
  unavailable: { kind: 'http', status: 503 },
  html: { kind: 'html' },
  'html-502': { kind: 'http', status: 502, body: '<html></html>' },
  redirect: { kind: 'redirect', location: 'http://127.0.0.1:9/' },
  drop: { kind: 'drop' },
  hang: { kind: 'slow-headers' },
  stall: { kind: 'stall-body' },
};

const faultsOf = (throttled: Fault): Readonly<Record<ConnectionFault, Fault>> => ({
  throttled,
  unavailable: { kind: 'answer', status: 503, body: 'Service Unavailable' },
  html: { kind: 'html' },
  'html-502': { kind: 'html', status: 502 },
  redirect: { kind: 'redirect', location: 'http://127.0.0.1:9/' },
  drop: { kind: 'drop' },
  hang: { kind: 'hang' },
  stall: { kind: 'stall-body' },
});
const OPSGENIE_FAULTS = faultsOf({
  kind: 'answer',
  status: 429,
  headers: { 'x-ratelimit-state': 'THROTTLED', 'x-ratelimit-period-in-sec': '60' },
  body: { message: 'You are making too many requests!', took: 0, requestId: 'r' },
});
const AWS_FAULTS = faultsOf({
  kind: 'answer',
  status: 400,
  body: { __type: 'ThrottlingException', message: 'Rate exceeded' },
});

async function startSlack(): Promise<ConnectionRig> {
  const slack = new SlackStandIn();
  await slack.start();
  const secrets = { token: 'xoxb-planted-token-abcd' };
  return {
    config: { channelId: '#alerts' },
    secrets,
    display: { tokenDisplay: '****abcd' },
    settings: { SLACK_API_URL: slack.apiUrl },
    accept: () => {
      slack.workspace.addToken(secrets.token);
      slack.workspace.addChannel('alerts');
    },
    fail: (fault) => slack.faults.next('*', SLACK_FAULTS[fault]),
    get credentials() {
      return slack.requests.map(({ token }) => token);
    },
    whenRequested: async (count) => void (await slack.waitFor(() => slack.requests.length >= count)),
    reset: () => slack.reset(),
    stop: () => slack.stop(),
  };
}

async function startOpsGenie(): Promise<ConnectionRig> {
  const opsGenie = new OpsGenieStandIn();
  await opsGenie.start();
  const secrets = { apiKey: 'planted-0123-4567-89ab-cdefgenie' };
  return {
    config: {},
    secrets,
    display: { apiKeyDisplay: '****enie' },
    settings: { OPSGENIE_API_URL: opsGenie.url },
    accept: () => void opsGenie.addKey(secrets.apiKey),
    fail: (fault) => opsGenie.faults.next('*', OPSGENIE_FAULTS[fault]),
    get credentials() {
      return opsGenie.calls.map(({ credential }) => credential);
    },
    whenRequested: (count) => opsGenie.whenCalled(count),
    reset: () => opsGenie.reset(),
    stop: () => opsGenie.stop(),
  };
}

async function startCloudWatch(setting: string, place: SinkConfig): Promise<ConnectionRig> {
  const cloudWatch = new CloudWatchStandIn();
  await cloudWatch.start();
  const secrets = {
    accessKeyId: 'AKIAPLANTED00000ABCD',
    secretAccessKey: 'planted/secret+access/key0123456789wxyz',
  };
  return {
    config: { ...place, region: 'eu-west-1', clusterIds: [] },
    secrets,
    display: { accessKeyIdDisplay: '****ABCD', secretAccessKeyDisplay: '****wxyz' },
    settings: { [setting]: cloudWatch.url },
    accept: () => {
      cloudWatch.accounts.addKey(secrets.accessKeyId, secrets.secretAccessKey);
      cloudWatch.accounts.addLogGroup('/orders/db', 'eu-west-1');
    },
    fail: (fault) => cloudWatch.faults.next('*', AWS_FAULTS[fault]),
    get credentials() {
      return cloudWatch.calls.map(({ credential }) => credential);
    },
    whenRequested: (count) => cloudWatch.whenCalled(count),
    reset: () => cloudWatch.reset(),
    stop: () => cloudWatch.stop(),
  };
}

const RIGS: Readonly<Record<string, () => Promise<ConnectionRig>>> = {
  slack: startSlack,
  opsGenie: startOpsGenie,
  awsCloudWatchLogs: () => startCloudWatch('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', { groupName: '/orders/db' }),
  awsCloudWatchMetrics: () => startCloudWatch('AWS_ENDPOINT_URL_CLOUDWATCH', { namespace: 'orders/db' }),
};

/** Starts the rig of a sink of the catalog. Throws for one that has none: every sink needs one. */
export function startConnectionRig(kind: string): Promise<ConnectionRig> {
  const start = RIGS[kind];
  if (!start) throw new Error(`libs/testing/sink-rigs.ts has no rig for ${kind}`);
  return start();
}
