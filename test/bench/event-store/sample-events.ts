export const LINES_PER_BODY = 1_000;
const HOSTS = 500;

/** The payload of an event of a job, so long that its line has about 180 bytes. */
export const samplePayload = (index: number): string =>
  `{"jobId":${100_000 + index},"user":"u${index % 97}","jobState":"completed","numNodes":4}`;

export const hostOf = (index: number): string => `a${String(index % HOSTS).padStart(4, '0')}`;

/** Bodies of a thousand events, all different from each other, made beforehand so that making them is not measured. */
export function sampleBodies(count: number, nowMs: number): Buffer[] {
  return Array.from({ length: count }, (_, body) =>
    Buffer.from(
      Array.from({ length: LINES_PER_BODY }, (_line, line) => {
        const index = body * LINES_PER_BODY + line;
        const event = samplePayload(index).replaceAll('"', '\\"');
        const ns = BigInt(nowMs - 3_600_000 + body * 10) * 1_000_000n;
        return `job,cluster=alex,function=stop_job,hostname=${hostOf(index)},type=node event="${event}" ${ns}`;
      }).join('\n'),
    ),
  );
}
