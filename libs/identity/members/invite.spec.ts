import { describe, expect, it } from 'vitest';
import { isExpired, isOfDomain, isOpen, newInviteCode } from './invite.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const WEEK_MS = 7 * 86_400_000;
const invite = { acceptedAt: null, expiresAt: new Date(NOW.getTime() + WEEK_MS) };
const after = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);

describe('an invite', () => {
  it('has a code that scanners recognize, of which only the SHA-256 is kept, good for 7 days', () => {
    const { code, kept } = newInviteCode(NOW);
    expect(code).toMatch(/^spv_[\w-]{43}$/);
    expect(kept).toEqual({ codeHash: expect.stringMatching(/^[0-9a-f]{64}$/), expiresAt: invite.expiresAt });
    expect(newInviteCode(NOW).code).not.toBe(code);
  });

  it.each([
    ['is open at first', invite, NOW, true, false],
    ['is open in the last millisecond', invite, after(WEEK_MS - 1), true, false],
    ['is expired then', invite, after(WEEK_MS), false, true],
    [
      'is used up once accepted, and never expires then',
      { ...invite, acceptedAt: NOW },
      after(WEEK_MS),
      false,
      false,
    ],
  ])('%s', (_what, one, now, open, expired) => {
    expect([isOpen(one, now), isExpired(one, now)]).toEqual([open, expired]);
  });

  it.each([
    ['ann@example.com', null, true],
    ['ann@example.com', 'example.com', true],
    ['ann@sub.example.com', 'example.com', false],
    ['ann@badexample.com', 'example.com', false],
    ['"a@example.com"@evil.example', 'example.com', false],
  ])('to %s fits the domain %s: %s', (email, domain, expected) => {
    expect(isOfDomain(email, domain)).toBe(expected);
  });
});
