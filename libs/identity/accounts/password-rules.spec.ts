import { describe, expect, it } from 'vitest';
import { mustBeStrong, weaknessOf } from './password-rules.js';

const EMAIL = 'Ada.King@example.com';

describe('a password', () => {
  it.each([
    ['eleven char', 'at least 12'],
    ['😀😀😀😀😀😀😀😀😀😀😀', 'at least 12'],
    ['ab'.repeat(128) + 'c', 'at most 256'],
    ['x'.repeat(12), 'repeated'],
    ['my ada.KING password', 'email address'],
  ])('%j is too weak', (password, reason) => {
    expect(weaknessOf(password, EMAIL)).toContain(reason);
  });

  it.each(['twelve chars', 'ab'.repeat(128), 'only king in here', '12345678901b'])(
    '%j will do',
    (password) => {
      expect(weaknessOf(password, EMAIL)).toBeUndefined();
    },
  );

  it('may hold a local part that is hardly one', () => {
    expect(weaknessOf('a banana in may', 'a@example.com')).toBeUndefined();
  });

  it('is refused by the name of its member, and not repeated', () => {
    expect(() => mustBeStrong('weak', EMAIL, 'new')).toThrow(
      expect.objectContaining({ status: 400, fields: { new: 'must have at least 12 characters' } }),
    );
  });
});
