import { describe, expect, it } from 'vitest';
import { addressProblem, canonicalAddress } from './node-address.js';

describe('the address of a node', () => {
  it.each([
    ['https://n1.example.com:2113', 'https://n1.example.com:2113'],
    ['HTTP://N1.EXAMPLE.COM:80/', 'http://n1.example.com'],
    ['http://[2001:db8::1]:2113', 'http://[2001:db8::1]:2113'],
    ['http://192.0.2.1:2113', 'http://192.0.2.1:2113'],
  ])('%s is kept as %s', (address, kept) => {
    expect(addressProblem(address)).toBeUndefined();
    expect(canonicalAddress(address)).toBe(kept);
  });

  it.each([
    '',
    'n1.example.com',
    'n1.example.com:2113',
    'https:n1.example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://n1.example.com/path',
    'https://n1.example.com/?',
    'https://n1.example.com/#',
    'https://user@n1.example.com',
    'https://:secret@n1.example.com',
    'https://n1.example.com:0',
    'https://n1.example.com:65536',
  ])('%s is refused', (address) => {
    expect(addressProblem(address)).toEqual(expect.any(String));
  });
});
