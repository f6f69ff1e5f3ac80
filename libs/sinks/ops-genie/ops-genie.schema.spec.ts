import { describe, expect, it } from 'vitest';
import { opsGenieSecrets } from './ops-genie.schema.js';

describe('the key of an OpsGenie integration', () => {
  it('is kept as it is', () => {
    const apiKey = '8e2b5a7c-0123-4567-89ab-0123456789ab';
    expect(opsGenieSecrets.parse({ apiKey })).toEqual({ apiKey });
    expect(opsGenieSecrets.safeParse({ apiKey: 'x'.repeat(100) }).success).toBe(true);
  });

  it('is nothing that a header could not carry', () => {
    for (const apiKey of ['', 'a b', 'a\r\nb', 'é', 'x'.repeat(101), 7, null, undefined])
      expect(opsGenieSecrets.safeParse({ apiKey }).success, String(apiKey)).toBe(false);
  });
});
