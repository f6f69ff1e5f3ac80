import { describe, expect, it } from 'vitest';
import { knownCodes, lookUpCode } from './slack.codes.js';

describe("Slack's error codes", () => {
  it('each have a sentence that a person can act on or understand', () => {
    for (const code of knownCodes().keys()) expect(lookUpCode(code)?.reason, code).toMatch(/^[A-Z].{15,}\.$/);
  });

  it.each([
    ['restricted_action_non_threadable_channel', 'destination'],
    ['metadata_of_tomorrow', 'payload'],
  ])('tell what %s means by how it begins', (code, codeClass) => {
    expect(lookUpCode(code)).toMatchObject({ codeClass, reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
  });

  it('do not include names that every object has', () => {
    expect(lookUpCode('constructor')).toBeUndefined();
  });
});
