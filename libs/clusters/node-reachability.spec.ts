import { describe, expect, it } from 'vitest';
import { failed, says, saysInfo, silent } from '../detection/testing/looks.js';
import { reachabilityOf } from './node-reachability.js';

describe('a node', () => {
  it('is reachable when any endpoint answered, the others failing', () => {
    expect(reachabilityOf({ ...silent('timeout'), ...saysInfo('Leader') })).toMatchObject({
      status: 'reachable',
      reason: null,
    });
  });

  it.each([
    'unauthorized',
    'not-found',
    'server-timeout',
    'unavailable',
    'http-status',
    'body-too-large',
    'redirect',
  ])('is reachable when it answered with a refusal (%s)', (code) => {
    expect(reachabilityOf(silent(code)).status).toBe('reachable');
  });

  it.each(['dns', 'refused', 'timeout', 'tls', 'reset', 'address-denied', 'bad-url', 'protocol'])(
    'is unreachable when nothing came back (%s), and says why',
    (code) => {
      expect(reachabilityOf(silent(code, 'n1 does not answer.'))).toEqual({
        status: 'unreachable',
        reason: 'n1 does not answer.',
        at: expect.any(String),
      });
    },
  );

  it('is not known to be unreachable when it was not asked', () => {
    expect(reachabilityOf({}).status).toBe('unknown');
    expect(reachabilityOf({ stats: failed('credentials-unreadable', 'Set them again.') })).toMatchObject({
      status: 'unknown',
      reason: 'Set them again.',
    });
  });

  it('was reached at the latest answer', () => {
    const gossip = { ...says('n1', 'n1 Leader').gossip!, at: '2026-01-01T00:00:30.000Z' };
    expect(reachabilityOf({ ...saysInfo('Leader'), gossip }).at).toBe('2026-01-01T00:00:30.000Z');
  });
});
