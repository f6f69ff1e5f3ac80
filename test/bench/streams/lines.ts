const NODES = 3;
const LINES_PER_BODY = 1_000;
/** Length of the text of a line, in bytes. */
const LINE_BYTES = 256;
const SECOND_MS = 1_000;

/** One structured event of 256 bytes, as KurrentDB 25 writes them. */
export function sampleLine(index: number): string {
  const event = {
    '@t': '2026-11-28T10:00:00.0000000+00:00',
    '@mt': 'ELECTIONS: (V={view}) DONE. ELECTED LEADER = {leader}',
    '@l': 'Information',
    '@i': 2_914_721_231,
    view: index,
    SourceContext: 'KurrentDB.Core.Services.ElectionsService',
    fill: '',
  };
  const { length } = JSON.stringify(event);
  return JSON.stringify({ ...event, fill: 'x'.repeat(Math.max(0, LINE_BYTES - length)) });
}

/** Bodies of a thousand lines of three nodes, made beforehand so that making them is not measured. */
export function sampleBodies(count: number, now: number): string[] {
  return Array.from({ length: count }, (_, body) => {
    const lines = Array.from({ length: LINES_PER_BODY }, (_line, index) => {
      const text = sampleLine(index).replaceAll(/["\\]/g, String.raw`\$&`);
      const ns = BigInt(now + body) * 1_000_000n;
      return `log,hostname=n${index % NODES},loglevel=info log="${text}" ${ns}`;
    });
    return `${lines.join('\n')}\n`;
  });
}

/** Sends so many bodies, over and over the same ones, on so many connections. Resolves with what took how long. */
export async function post(
  target: { readonly url: string; readonly token: string; readonly cluster: string },
  bodies: readonly string[],
  count: number,
  connections: number,
): Promise<{ readonly lines: number; readonly ms: number }> {
  const begun = performance.now();
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < count) {
      const body = bodies[next % bodies.length]!;
      next += 1;
      await postOne(target, body);
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return { lines: count * LINES_PER_BODY, ms: performance.now() - begun };
}

async function postOne(
  { url, token, cluster }: { readonly url: string; readonly token: string; readonly cluster: string },
  body: string,
): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/write/?cluster=${cluster}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    });
    await response.arrayBuffer();
    if (response.status === 200) return;
    if (response.status !== 503) throw new Error(`A body was answered with HTTP ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, SECOND_MS));
  }
}
