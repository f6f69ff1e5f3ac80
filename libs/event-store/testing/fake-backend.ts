import { EventEmitter, once } from 'node:events';
import type { EventRecord } from '../record/index.js';
import { StorageRefused, StorageUnavailable, type StorageBackend } from '../storage/index.js';

/** One call of `store` that the test decides about. */
export interface StoreCall {
  readonly records: readonly EventRecord[];
  succeed(): void;
  fail(error: Error): void;
}

export interface FakeBackendOptions {
  /** Each call waits for what the test says; otherwise it succeeds or fails by itself. */
  readonly isPatient?: boolean;
  /** Records whose payload has this in it are refused. */
  readonly refused?: string;
  /** So many calls fail at first, because the database is away. */
  readonly awayCalls?: number;
}

/** A backend in memory whose answers a test decides about. Whatever is not about storing is not there. */
export class FakeBackend extends EventEmitter implements StorageBackend {
  readonly stored: EventRecord[] = [];
  calls = 0;
  private readonly waiting: StoreCall[] = [];

  constructor(private readonly options: FakeBackendOptions = {}) {
    super();
  }

  async store(records: readonly EventRecord[]): Promise<void> {
    const { isPatient = true, refused, awayCalls = 0 } = this.options;
    this.calls += 1;
    if (this.calls <= awayCalls) throw new StorageUnavailable('away');
    if (refused !== undefined && records.some(({ payload }) => payload.includes(refused)))
      throw new StorageRefused('refused');
    if (isPatient) await new Promise<void>((succeed, fail) => this.offer({ records, succeed, fail }));
    this.stored.push(...records);
  }

  /** The next call that waits. */
  async nextCall(): Promise<StoreCall> {
    if (this.waiting.length === 0) await once(this, 'call');
    return this.waiting.shift()!;
  }

  select = unexpected;
  hosts = unexpected;
  forget = unexpected;
  readMark = unexpected;
  activeTables = unexpected;
  async close(): Promise<void> {}

  private offer(call: StoreCall): void {
    this.waiting.push(call);
    this.emit('call');
  }
}

const unexpected = (): Promise<never> => Promise.reject(new Error('This fake only stores'));
