import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SinkDefinition } from '../sinks/index.js';
import { describeData } from './integration-data.openapi.js';
import { definitionOf, readData } from './integration-data.js';
import { optionsView } from './integration-view.js';
import { displayOf, maskSecret } from './secret-mask.js';

const logs: SinkDefinition = {
  kind: 'exampleLogs',
  label: 'Example Logs',
  sources: ['logs'],
  defaultSource: 'logs',
  config: z.object({ groupName: z.string(), clusterIds: z.array(z.string()).default([]) }),
  secrets: z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) }),
  display: { accessKeyId: 'accessKeyIdDisplay', secretAccessKey: 'secretAccessKeyDisplay' },
  settings: z.object({}),
  supportsTest: false,
  delivers: 'streams',
  streamTraits: { restMs: 1_000, resends: 'always', triedForMs: null },
  apiUrlSetting: 'EXAMPLE_API_URL',
  connect: () => {
    throw new Error('is never connected');
  },
};
const SECRETS = { accessKeyId: 'AKIAPLANTED1', secretAccessKey: 'short' };
const DATA = { sink: 'exampleLogs', groupName: 'g', ...SECRETS };

const fieldsOf = (read: () => unknown): unknown => {
  try {
    read();
    return undefined;
  } catch (error) {
    return (error as { fields: unknown }).fields;
  }
};

describe('data of any sink', () => {
  it('is read by its definition alone', () => {
    expect(readData(definitionOf(DATA, [logs]), DATA)).toEqual({
      source: 'logs',
      config: { groupName: 'g', clusterIds: [] },
      secrets: SECRETS,
    });
  });

  it('keeps one secret when only the other is sent', () => {
    const stored = readData(logs, DATA);
    expect(readData(logs, { secretAccessKey: 'new' }, stored).secrets).toEqual({
      ...SECRETS,
      secretAccessKey: 'new',
    });
  });

  it('keeps lists in their order', () => {
    const stored = readData(logs, { ...DATA, clusterIds: ['b', 'a'] });
    expect(readData(logs, {}, stored).config).toEqual({ groupName: 'g', clusterIds: ['b', 'a'] });
  });

  it('is refused with every member that does not fit', () => {
    expect(fieldsOf(() => readData(logs, { source: 'issues', clusterIds: [1] }))).toEqual({
      'data.source': 'must be logs for exampleLogs',
      'data.groupName': 'is required',
      'data.clusterIds[0]': 'must be a string',
      'data.accessKeyId': 'is required',
      'data.secretAccessKey': 'is required',
    });
    expect(fieldsOf(() => definitionOf({ sink: 'slack' }, [logs]))).toEqual({
      'data.sink': 'must be one of exampleLogs',
    });
  });

  it('is described for the OpenAPI document with its secrets as write-only', () => {
    expect(describeData([logs], 'create')).toMatchObject({
      oneOf: [
        {
          required: ['sink', 'groupName', 'accessKeyId', 'secretAccessKey'],
          properties: { sink: { const: 'exampleLogs' }, accessKeyId: { writeOnly: true } },
        },
      ],
    });
  });

  it('is described for an update as any of the sinks, for a part of it may fit several', () => {
    const described = describeData([logs, { ...logs, kind: 'otherLogs' }], 'update');
    expect(described).toMatchObject({ anyOf: [{ required: [] }, { required: [] }] });
    expect(described).not.toHaveProperty('oneOf');
  });

  it('appears among the options of its sources only', () => {
    const offered = optionsView([logs]).sources.map(({ id, enabled }) => [id, enabled]);
    expect(offered).toEqual([
      ['issues', false],
      ['notifications', false],
      ['logs', true],
      ['metrics', false],
    ]);
  });
});

describe('a masked secret', () => {
  it('shows four characters of a long one and none of a short one', () => {
    expect(displayOf(logs, SECRETS)).toEqual({
      accessKeyIdDisplay: '****TED1',
      secretAccessKeyDisplay: '****',
    });
    expect(maskSecret('12345678901')).toBe('****');
  });
});
