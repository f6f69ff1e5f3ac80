import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { residentMiB, startBenchHub } from './hub.js';

const SETTLE_MS = 45_000;
const PERIOD_MS = 1_000;

export interface Memory {
  readonly clusters: number;
  /** Highest and last resident memory of the hub's Node process after it settled, in MiB. */
  readonly peakMiB: number;
  readonly lastMiB: number;
}

/** A hub that does nothing but watch healthy three-node clusters at the default intervals. Undefined where RSS is not told. */
export async function measureIdleMemory(clusters: number): Promise<Memory | undefined> {
  const cluster = new ClusterStandIn();
  await cluster.start({ nodes: 3 });
  const hub = await startBenchHub({});
  try {
    const addresses = cluster.nodes.map(({ url }) => url);
    for (let index = 0; index < clusters; index += 1)
      await hub.project.addCluster(`cluster-${index}`, addresses);
    return await watch(hub.process.pid!, clusters);
  } finally {
    await hub.stop();
    await cluster.stop();
  }
}

async function watch(pid: number, clusters: number): Promise<Memory | undefined> {
  let peakMiB = 0;
  let lastMiB = 0;
  for (let passed = 0; passed < SETTLE_MS; passed += PERIOD_MS) {
    await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
    const resident = await residentMiB(pid);
    if (resident === undefined) return undefined;
    lastMiB = resident;
    peakMiB = Math.max(peakMiB, resident);
  }
  return { clusters, peakMiB, lastMiB };
}
