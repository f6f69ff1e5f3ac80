import { describe, expect, it } from 'vitest';
import { AddressGuard } from './address-guard.js';

const DENIED = [
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '224.0.0.1',
  '239.255.255.255',
  '255.255.255.255',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'ff02::1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:0.0.0.0',
  '::169.254.169.254',
  '::ffff:0:a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::169.254.169.254',
  '2002:a9fe:a9fe::1',
  'fd00:ec2::254',
  '100.100.100.200',
  '::ffff:100.100.100.200',
  'no address',
  '',
];
const ALLOWED = [
  '127.0.0.1',
  '10.1.2.3',
  '192.0.2.7',
  '::1',
  'fd00::5',
  '2001:db8::1',
  '::ffff:192.0.2.7',
  '2002:c000:0207::1',
];

describe('the address guard', () => {
  it.each(DENIED)('never allows %s', (address) => {
    expect(new AddressGuard([]).allows(address)).toBe(false);
  });

  it.each(ALLOWED)('allows %s unless it is denied', (address) => {
    expect(new AddressGuard([]).allows(address)).toBe(true);
  });

  it.each([
    ['10.0.0.0/8', '10.1.2.3'],
    ['10.0.0.0/8', '::ffff:10.1.2.3'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::/32', '2001:db8:1::9'],
    ['::1/128', '::1'],
  ])('denies what %s covers: %s', (network, address) => {
    expect(new AddressGuard([network]).allows(address)).toBe(false);
  });

  it.each(['10.0.0.0/33', 'example.com', '10.0.0.0/', '10.0.0.0/-1', '::/129', '10.0.0/8'])(
    'refuses to start with %s',
    (network) => {
      expect(() => new AddressGuard([network])).toThrow(`"${network}" is no network`);
    },
  );
});
