import { describe, expect, it } from 'vitest';
import { isDemotion, losesOwner, mustReach } from './member-rules.js';

const ROLES = ['owner', 'admin', 'member'] as const;

describe('a steward', () => {
  const reaches = (steward: Parameters<typeof mustReach>[0], roles: readonly (typeof ROLES)[number][]) => {
    try {
      mustReach(steward, roles);
      return 'may';
    } catch (error) {
      return (error as { status: number }).status;
    }
  };

  it.each([
    ['owner', 'owner', 'may'],
    ['owner', 'admin', 'may'],
    ['owner', 'member', 'may'],
    ['admin', 'owner', 403],
    ['admin', 'admin', 'may'],
    ['admin', 'member', 'may'],
    ['member', 'owner', 403],
    ['member', 'admin', 403],
    ['member', 'member', 403],
    [null, 'member', 403],
  ] as const)('who is %s acts on a %s: %s', (role, target, expected) => {
    expect(reaches({ isOperator: false, role }, [target])).toBe(expected);
  });

  it('who is an admin may not where one of several roles is an owner', () => {
    expect(reaches({ isOperator: false, role: 'admin' }, ['member', 'owner'])).toBe(403);
  });

  it.each(ROLES)('who is an operator acts on a %s without being a member', (target) => {
    expect(reaches({ isOperator: true, role: null }, [target])).toBe('may');
  });
});

describe('an organization loses an active owner', () => {
  const owner = { role: 'owner', active: true } as const;

  it.each([
    ['by removal', owner, null, true],
    ['by demotion', owner, { role: 'admin', active: true }, true],
    ['by deactivation', owner, { role: 'owner', active: false }, true],
    ['not by leaving them as they are', owner, owner, false],
    ['not by an inactive owner', { role: 'owner', active: false }, null, false],
    ['not by an admin', { role: 'admin', active: true }, null, false],
    ['not by somebody who becomes one', { role: 'member', active: true }, owner, false],
  ] as const)('%s', (_what, before, after, expected) => {
    expect(losesOwner(before, after)).toBe(expected);
  });
});

describe('somebody loses rights', () => {
  const admin = { role: 'admin', active: true } as const;

  it.each([
    ['by removal', admin, null, true],
    ['by deactivation', admin, { role: 'admin', active: false }, true],
    ['by a smaller role', admin, { role: 'member', active: true }, true],
    ['as an owner by a smaller role', { role: 'owner', active: true }, admin, true],
    ['not by staying as they are', admin, admin, false],
    ['not by a greater role', admin, { role: 'owner', active: true }, false],
    ['not when they were inactive', { role: 'admin', active: false }, null, false],
  ] as const)('%s', (_what, before, after, expected) => {
    expect(isDemotion(before, after)).toBe(expected);
  });
});
