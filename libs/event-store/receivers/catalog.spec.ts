import { expect, it } from 'vitest';
import { findReceiverKind, RECEIVER_KINDS, REFUSED_KINDS } from './catalog.js';

it('has the kinds of the original, each under its type', () => {
  expect(RECEIVER_KINDS.map(({ type }) => type)).toEqual(['http', 'nats', 'eecpt']);
  for (const kind of RECEIVER_KINDS) expect(findReceiverKind(kind.type)).toBe(kind);
});

it.each(['prometheus', 'ipmi', 'redfish'])('D35: knows %s, and says why it is not run', (type) => {
  expect(findReceiverKind(type)).toEqual({
    type,
    refusal: expect.stringMatching(/metrics only.*use cc-metric-collector/),
  });
});

it.each(['HTTP', 'constructor', ''])('knows no %j', (type) => expect(findReceiverKind(type)).toBeUndefined());

it('has no type twice', () => {
  const types = [...RECEIVER_KINDS, ...REFUSED_KINDS].map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
});
