import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../../testing/sink-conformance.samples.js';
import { streamNameOf } from './aws-cloud-watch-logs.place.js';

const wellFormed = hostileText.map((text) => text.toWellFormed());
/** Names that only differ in what a stream's name may not hold, or cannot tell apart. */
const alike = fc
  .array(fc.constantFrom('a', ':', '*', '%', '%3A', '%2F', '/', '%#', '3A'), { maxLength: 4 })
  .map((parts) => parts.join(''));
const name = fc.oneof(
  alike,
  alike.map((text) => text.padEnd(600, 'x')),
  wellFormed,
);

describe("a node's log stream", () => {
  it.each([
    ['orders-db', 'n1.example.com', 'orders-db/n1.example.com'],
    ['orders-db', 'n1.example.com:2113', 'orders-db/n1.example.com%3A2113'],
    ['orders-db', '[::1]:2113', 'orders-db/[%3A%3A1]%3A2113'],
    ['orders/db', 'n1', 'orders%2Fdb/n1'],
    ['orders', 'db/n1', 'orders/db/n1'],
    ['100 %', '*', '100 %25/%2A'],
    ['orders-db', '', 'orders-db'],
    ['', 'n1', '/n1'],
    ['', '', '%'],
    ['é', '\u0000\u009f🔥', 'é/%00%C2%9F🔥'],
  ])('of the cluster %j and the node %j is %j', (cluster, node, stream) => {
    expect(streamNameOf(cluster, node)).toBe(stream);
  });

  it('is one that CloudWatch takes, whatever the names are, and always the same', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, name), fc.oneof(hostileText, name), (cluster, node) => {
        const stream = streamNameOf(cluster, node);
        expect(stream).toMatch(/^[^:*\p{Cc}]{1,512}$/u);
        expect(stream.length).toBeLessThanOrEqual(512);
        expect(stream.isWellFormed()).toBe(true);
        expect(streamNameOf(cluster, node)).toBe(stream);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is no other node's", () => {
    fc.assert(
      fc.property(name, name, name, name, (cluster, node, otherCluster, otherNode) => {
        const isSame = cluster === otherCluster && node === otherNode;
        expect(streamNameOf(cluster, node) === streamNameOf(otherCluster, otherNode)).toBe(isSame);
      }),
      { numRuns: 3_000 },
    );
  });

  it('ends in a digest when it is too long, whole characters and escapes before it', () => {
    for (const long of ['x'.repeat(513), '🔥'.repeat(300), ':'.repeat(171), `x${':'.repeat(171)}`])
      expect(streamNameOf('c', long)).toMatch(/^c\/(x|🔥|%3A)+%#[0-9a-f]{16}$/u);
    expect(streamNameOf('c', 'x'.repeat(510))).toBe(`c/${'x'.repeat(510)}`);
  });
});
