import { describe, expect, it } from 'vitest';
import { IntegrationGate } from './integration-gate.js';

describe('the gate of an integration', () => {
  it('turns away what is over the limit, of that integration only', () => {
    const gate = new IntegrationGate(2);
    expect([gate.enter('a'), gate.enter('a'), gate.enter('a'), gate.enter('b')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('says once, on leaving, that somebody was turned away', () => {
    const gate = new IntegrationGate(1);
    gate.enter('a');
    gate.enter('a');
    expect(gate.leave('a')).toBe(true);
    expect(gate.enter('a')).toBe(true);
    expect(gate.leave('a')).toBe(false);
  });
});
