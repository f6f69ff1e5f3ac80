import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { CloudWatchStandIn } from '../../apps/sandbox/cloudwatch/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { AgentProcess } from './support/agent-process.js';
import { dimensionsOf } from './support/arriving-data.js';
import { AwsWorld, GROUP } from './support/aws-world.js';
import { LogWriter } from './support/log-writer.js';
import { MARK } from './support/numbered-lines.js';

/** Both the host's name and, for `MARK`, a number of one. */
const NODE = '127.0.0.1';
const WRITER = 'n1';
const CLUSTER = 'orders-db';
const MORE = 300;
const PATIENCE_MS = 60_000;
const PERIOD_PATIENCE_MS = 110_000;

let world: AwsWorld;
let agent: AgentProcess;
let writer: LogWriter;
const cluster = new ClusterStandIn();
afterEach(async () => {
  await writer?.stop();
  await agent?.end('SIGKILL');
  await world?.stop();
  await cluster.stop();
});

/** Numbers of the lines that are at CloudWatch, in the order in which they came. */
const landed = (): number[] =>
  world.aws.logs.events(GROUP, `${CLUSTER}/${NODE}`).map(({ message }) => Number(MARK.exec(message)?.[2]));

const untilLanded = (number: number): Promise<unknown> =>
  waitUntil(() => landed().includes(number), {
    what: `line ${number} at CloudWatch`,
    timeoutMs: PATIENCE_MS,
    intervalMs: 100,
  });

/** Lets the database log a while. */
const untilWritten = (more: number): Promise<unknown> => {
  const wanted = writer.written + more;
  return waitUntil(() => writer.written >= wanted, { what: `${more} more lines`, timeoutMs: PATIENCE_MS });
};

interface LogPage {
  readonly logs: readonly { readonly node: string; readonly level: string; readonly message: object }[];
  readonly next: string | null;
}

/** All that the hub shows of the cluster's log, in the order of their numbers. */
async function shownByHub(clusterId: string): Promise<number[]> {
  const numbers: number[] = [];
  let cursor = '';
  do {
    const path = `/hub/v1/${world.project.path}/clusters/${clusterId}/logs?limit=1000&level=debug${cursor}`;
    const { logs, next } = await world.client.call<LogPage>('GET', path);
    for (const { node, level, message } of logs) {
      expect([node, level]).toEqual([NODE, 'debug']);
      numbers.push(Number(MARK.exec(JSON.stringify(message))?.[2]));
    }
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
  } while (cursor !== '');
  return [...new Set(numbers)].toSorted((one, other) => one - other);
}

async function startEverything(): Promise<{ clusterId: string; logs: string; metrics: string }> {
  await cluster.start({ nodes: 1 });
  world = await AwsWorld.start(new CloudWatchStandIn(), { LOG_LEVEL: 'warn' });
  const nodes = cluster.nodes.map(({ url }) => ({ address: url }));
  const clusterId = await world.project.addCluster(CLUSTER, [], { nodes });
  const [logs, metrics] = [await world.addLogs(), await world.addMetrics('orders')];
  const directory = join(world.directory, 'logs');
  await mkdir(directory);
  writer = new LogWriter(directory, WRITER);
  agent = new AgentProcess({
    SPILLWAY_AGENT_HUB: world.hub.url,
    SPILLWAY_AGENT_TOKEN: await world.ingestToken(),
    SPILLWAY_AGENT_CLUSTER: CLUSTER,
    SPILLWAY_AGENT_LOGS: directory,
    SPILLWAY_AGENT_NODE: NODE,
    SPILLWAY_AGENT_STATE: join(world.directory, 'agent'),
    SPILLWAY_AGENT_HOST_INTERVAL: '1s',
  });
  writer.start();
  await agent.start();
  return { clusterId, logs, metrics };
}

const inOrder = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

it("brings a host's log and figures to CloudWatch, whoever is killed and whatever becomes of the files", async () => {
  const { clusterId, logs, metrics } = await startEverything();
  await untilLanded(1);

  await world.hub.end('SIGKILL');
  await untilWritten(MORE);
  writer.rotate('log20260111_001.json');
  await untilWritten(MORE);
  await world.hub.restart();
  await untilLanded(writer.written);

  await agent.end('SIGKILL');
  await untilWritten(MORE);
  writer.rotate('log20260112.json');
  await untilWritten(MORE);
  await agent.start();
  await untilLanded(writer.written);

  await writer.rename('archived.json');
  await untilWritten(MORE);
  expect(await agent.end()).toBe(0);
  await untilWritten(MORE);
  await agent.start();
  await writer.stop();
  await untilLanded(writer.written);

  // Each line at least once; those that come once more do so for the kills.
  expect([...new Set(landed())]).toEqual(inOrder(writer.written));
  expect(await shownByHub(clusterId)).toEqual(inOrder(writer.written));
  const settled = await world.untilSettled(logs, writer.written);
  expect(settled).toMatchObject({ delivered: settled.accepted, rejected: 0, expired: 0 });

  interface ReportedNode {
    readonly cores: number | null;
    readonly reportedCores: number | null;
  }
  const { nodes } = await world.client.call<{ nodes: ReportedNode[] }>(
    'GET',
    `/hub/v1/${world.project.path}/clusters/${clusterId}`,
  );
  expect(nodes).toMatchObject([{ cores: null, reportedCores: expect.any(Number) }]);

  const ofHost = () =>
    world.aws.metrics.data('orders/host').filter((datum) => dimensionsOf(datum)['Node'] === NODE);
  await waitUntil(() => ofHost().length > 0, {
    what: "the host's figures",
    timeoutMs: PERIOD_PATIENCE_MS,
    intervalMs: 100,
  });
  expect(new Set(ofHost().map(({ MetricName }) => MetricName))).toEqual(
    new Set(['host_load_avg', 'host_cores', 'host_mem_bytes', 'host_disk_bytes']),
  );
  expect((await world.project.ledger(metrics)).balanced).toBe(true);
}, 240_000);
