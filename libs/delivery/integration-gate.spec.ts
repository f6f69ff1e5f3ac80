import { describe, expect, it } from 'vitest';
import { IntegrationGate } from './integration-gate.js';

describe('the gate of an integration', () => {
  it('turns away what is over the limit, of that integration only', () => {
    const gate = new IntegrationGate(2);
    const entered = [gate.enter('a', '1'), gate.enter('a', '2'), gate.enter('a', '3'), gate.enter('b', '4')];
    expect(entered).toEqual([true, true, false, true]);
  });

  it('lets others wait only while it is full, and has one of those that run look for them', () => {
    const gate = new IntegrationGate(1);
    expect(gate.wait('a')).toBe(false);
    gate.enter('a', '1');
    expect([gate.wait('a'), gate.wait('b')]).toEqual([true, false]);
    expect(gate.isBehind('a')).toBe(true);
    gate.leave('a', '1');
    expect(gate.wait('a')).toBe(false);
  });

  it('gives a delivery one place, however often it asks', () => {
    const gate = new IntegrationGate(1);
    expect([gate.enter('a', '1'), gate.enter('a', '1'), gate.has('a', '1')]).toEqual([true, true, true]);
    gate.leave('a', '1');
    expect([gate.has('a', '1'), gate.enter('a', '2')]).toEqual([false, true]);
  });

  it('says who is next, each once, in the order they came', () => {
    const gate = new IntegrationGate(1);
    gate.enter('a', '1');
    gate.found('a', ['1', '2', '3', '2'], true);
    gate.leave('a', '1');
    expect([gate.next('a'), gate.next('a'), gate.next('a')]).toEqual(['2', '3', undefined]);
    expect(gate.next('b')).toBeUndefined();
  });

  it('lets one of them look for more, from when somebody was turned away until all was found', () => {
    const gate = new IntegrationGate(1);
    gate.enter('a', '1');
    expect(gate.isBehind('a')).toBe(false);
    gate.enter('a', '2');
    expect([gate.isBehind('a'), gate.isBehind('a')]).toEqual([true, false]);
    gate.found('a', ['3', '4'], false);
    expect(gate.isBehind('a')).toBe(true);
    gate.found('a', ['5'], true);
    expect(gate.isBehind('a')).toBe(false);
    gate.leave('a', '1');
    expect([gate.next('a'), gate.next('a')]).toEqual(['3', '4']);
  });
});
