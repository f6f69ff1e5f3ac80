import { expect, it } from 'vitest';
import { report } from './report.js';
import { InMemoryIntake } from './testing/in-memory.js';

const messagesAfter = async (message: string): Promise<string[]> => {
  const intake = new InMemoryIntake();
  const transition = {
    kind: 'disk-usage',
    event: 'open',
    severity: 'warning',
    nodeId: null,
    time: new Date(0),
    message,
  } as const;
  await intake.run((scope) => report(scope, { id: 'c1', projectId: 'p1' }, [transition]));
  return intake.reports.map((one) => one.message);
};

it('reports a message as it is, as long as it is not longer than any that real clusters lead to', async () => {
  expect(await messagesAfter('x'.repeat(8_000))).toEqual(['x'.repeat(8_000)]);
});

it('cuts one that a node has blown up, and not within a character', async () => {
  const [message] = await messagesAfter(`${'x'.repeat(7_998)}${'😀'.repeat(500)}`);
  expect(message).toHaveLength(8_000);
  expect(message?.isWellFormed()).toBe(true);
  expect(message?.endsWith('…')).toBe(true);
});
