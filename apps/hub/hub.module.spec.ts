import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../libs/config/index.js';
import { Queues, sinkQueueName } from '../../libs/queues/index.js';
import { DELIVERING_KINDS, STREAM_KINDS } from '../../libs/sinks/index.js';
import { createDocumentedHub } from './documented-hub.js';

const SINK_KINDS = [...DELIVERING_KINDS, ...STREAM_KINDS];

describe('the hub, put together', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spillway-wiring-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('finds every dependency, and has one handler for the queue of each sink that is delivered to', async () => {
    const app = await createDocumentedHub(loadSettings({ SPILLWAY_DATA_DIR: directory }));
    const expected = ['collection', 'collection.logs', ...SINK_KINDS.map(sinkQueueName)];
    expect(app.get(Queues).handled.toSorted()).toEqual(expected.toSorted());
  });
});
