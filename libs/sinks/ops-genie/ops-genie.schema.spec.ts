import { describe, expect, it } from 'vitest';
import { opsGenieSecrets, opsGenieSettings } from './ops-genie.schema.js';

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

describe('the settings of an OpsGenie integration', () => {
  it('fill what they leave out', () => {
    const usual = { critical: 'P1', warning: 'P3', info: 'P5' };
    expect(opsGenieSettings.parse({})).toEqual({ target: 'opsgenie', priorities: usual });
    const own = opsGenieSettings.parse({ target: 'jsm', priorities: { warning: 'P2' } });
    expect(own).toEqual({ target: 'jsm', priorities: { ...usual, warning: 'P2' } });
  });

  it('know no other target, severity or priority', () => {
    for (const settings of [
      { target: 'pagerduty' },
      { target: null },
      { priorities: { fatal: 'P1' } },
      { priorities: { critical: 'P6' } },
      { priorities: { critical: 1 } },
      { priorities: [] },
    ])
      expect(opsGenieSettings.safeParse(settings).success, JSON.stringify(settings)).toBe(false);
  });
});
