import { describe, expect, it } from 'vitest';
import { normalizeTarget } from './request-target.js';

describe('a request target', () => {
  it.each([
    ['/a/b?c=d', '/a/b?c=d'],
    ['http://hub.example/a?b', '/a?b'],
    ['HTTPS://hub.example:8443/a', '/a'],
    ['http://hub.example', '/'],
    ['http://hub.example?a=b', '/?a=b'],
    ['/a?', '/a'],
    ['/a&', '/a'],
    ['/a?b=c&', '/a?b=c'],
    ['/redirect/http://other.example/a', '/redirect/http://other.example/a'],
    ['*', '*'],
  ])('%s is routed as %s', (target, routed) => {
    expect(normalizeTarget(target)).toBe(routed);
  });

  it('costs no more than its length', () => {
    const hostile = `/${'?'.repeat(200_000)}x`;
    const begunAt = performance.now();
    expect(normalizeTarget(hostile)).toBe(hostile);
    expect(performance.now() - begunAt).toBeLessThan(1_000);
  });
});
