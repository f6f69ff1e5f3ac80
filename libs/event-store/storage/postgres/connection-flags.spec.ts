import { describe, expect, it } from 'vitest';
import { readConnectionFlags } from './connection-flags.js';

describe('flags of a PostgreSQL connection', () => {
  it('encrypts when the server can, unless it is told otherwise', () => {
    expect(readConnectionFlags([])).toMatchObject({
      ssl: { rejectUnauthorized: false },
      isSslPreferred: true,
      applicationName: 'spillway-event-store',
      warnings: [],
    });
    expect(readConnectionFlags(['sslmode=disable']).ssl).toBe(false);
  });

  it('checks certificates as libpq does', () => {
    expect(readConnectionFlags(['sslmode=require'])).toMatchObject({
      ssl: { rejectUnauthorized: false },
      isSslPreferred: false,
    });
    const authority = readConnectionFlags(['sslmode=verify-ca']).ssl;
    expect(authority).not.toHaveProperty('rejectUnauthorized');
    expect(authority).toHaveProperty('checkServerIdentity');
    expect(readConnectionFlags(['sslmode=verify-full', 'sslrootcert=system']).ssl).toEqual({});
  });

  it('takes name and time limit of a connection', () => {
    const flags = readConnectionFlags(['application_name=store=1', 'connect_timeout=7']);
    expect(flags).toMatchObject({ applicationName: 'store=1', connectTimeoutMs: 7_000 });
  });

  it('warns of those it does not know, and never says their values', () => {
    const { warnings } = readConnectionFlags(['password=secret', 'binary_parameters=yes', 'alone']);
    expect(warnings).toHaveLength(3);
    expect(warnings.join()).toMatch(/password.*binary_parameters.*alone/s);
    expect(warnings.join()).not.toMatch(/secret|yes/);
  });

  it.each([
    [['sslmode=sometimes'], /sslmode is sometimes/],
    [['connect_timeout=soon'], /connect_timeout is soon/],
    [['sslrootcert=/nowhere/at/all.pem'], /file of the flag sslrootcert cannot be read/],
  ])('refuses %j with a sentence', (flags, sentence) => {
    expect(() => readConnectionFlags(flags)).toThrow(sentence);
  });
});
