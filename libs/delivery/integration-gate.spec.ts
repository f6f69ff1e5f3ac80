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

  it('says on every leave which places are to be filled, from when somebody was turned away until all are served', () => {
    const gate = new IntegrationGate(2);
    gate.enter('a');
    expect(gate.leave('a')).toBe(0);
    for (let n = 0; n < 3; n += 1) gate.enter('a');
    expect([gate.leave('a'), gate.leave('a')]).toEqual([1, 2]);
    gate.enter('a');
    expect(gate.leave('a')).toBe(2);
    gate.caughtUp('a');
    gate.enter('a');
    expect(gate.leave('a')).toBe(0);
  });
});
