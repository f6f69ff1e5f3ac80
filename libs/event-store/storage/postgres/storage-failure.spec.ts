import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { StorageRefused, StorageUnavailable } from '../storage-backend.js';
import { reasonOf, storageFailure } from './storage-failure.js';

const ofServer = (code: string, message = 'no'): Error =>
  Object.assign(new pg.DatabaseError(message, 2, 'error'), { code });
const ofSystem = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

describe('what went wrong with PostgreSQL', () => {
  it.each([
    '53100',
    '53200',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '08006',
    '25006',
    '40P01',
    '42501',
    '58030',
  ])('may be over later when the server says %s', (code) =>
    expect(storageFailure(ofServer(code))).toBeInstanceOf(StorageUnavailable),
  );

  it.each(['22021', '22P02', '23502', '54000'])('is about the records when the server says %s', (code) =>
    expect(storageFailure(ofServer(code))).toBeInstanceOf(StorageRefused),
  );

  it('is not about the records when a part is missing', () => {
    const error = ofServer('23514', 'no partition of relation "event_store_events" found for row');
    expect(storageFailure(error)).toBeInstanceOf(StorageUnavailable);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH'])(
    'may be over later when the system says %s',
    (code) => expect(storageFailure(ofSystem(code))).toBeInstanceOf(StorageUnavailable),
  );

  it.each(['Connection terminated unexpectedly', 'timeout expired', 'Query read timeout'])(
    'may be over later when the connection broke: %s',
    (message) => expect(storageFailure(new Error(message))).toBeInstanceOf(StorageUnavailable),
  );

  it('is a fault of our own otherwise, and stays what it is', () => {
    const fault = new TypeError('undefined is not a function');
    expect(storageFailure(fault)).toBe(fault);
  });

  it('has a reason even where a name has two addresses and neither answers', () => {
    const both = new AggregateError([ofSystem('ECONNREFUSED'), ofSystem('ECONNREFUSED')]);
    expect(reasonOf(Object.assign(both, { code: 'ECONNREFUSED' }))).toBe('connect ECONNREFUSED');
  });
});
