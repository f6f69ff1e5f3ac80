import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeObservations } from '../detection/index.js';
import type { ClusterRecord } from '../persistence/index.js';
import type { LastSeen, LatestRound } from './last-seen.js';
import { mesdbView, type MesdbSubject } from './mesdb-view.js';

const AT = new Date('2026-11-20T12:00:00Z');
const at = AT.toISOString();
const GIB = 1_073_741_824;

/** The values that the CLI parses (esc-api.md, section 5); any other makes the whole answer unreadable to it. */
const ENUMS = {
  status: ['available', 'defunct'],
  health: ['degraded', 'down', 'health-reporting-error', 'ok', 'issues-detected'],
  topology: ['single-node', 'three-node-multi-zone'],
  projectionLevel: ['off', 'system', 'user'],
  provider: ['aws', 'azure', 'gcp'],
} as const;
const TEXTS = ['description', 'diskType', 'id', 'instanceType', 'networkId', 'organizationId', 'projectId'];
const MORE_TEXTS = ['region', 'serverVersion', 'serverVersionTag'];
const BOOLEANS = ['canExpandDisk', 'cloudIntegratedAuthentication', 'patchAvailable', 'protected'];

const info = (state: string, version: string | null): NodeObservations => ({
  info: { at, ok: true, value: { state, version } },
});
const disk = (totalBytes: number | null): NodeObservations => ({
  stats: {
    at,
    ok: true,
    value: {
      drives: [{ mount: '/', totalBytes, availableBytes: 1 }],
      memory: { totalBytes: null, freeBytes: null },
      loadAverage1m: null,
    },
  },
});
const failed: NodeObservations = {
  gossip: { at, ok: false, code: 'timeout', reason: 'n1 did not answer' },
};

function recordOf(count: number, status: ClusterRecord['cluster']['status'] = 'available'): ClusterRecord {
  const place = { id: 'c1', projectId: 'p1', name: 'orders-db', status };
  const rest = { tls: {}, credentials: null, detection: {}, provisioning: {}, pollsLogs: false };
  return {
    cluster: { ...place, ...rest, createdAt: AT, updatedAt: AT, deletedAt: null },
    nodes: Array.from({ length: count }, (_, position) => ({
      id: `n${position}`,
      clusterId: 'c1',
      position,
      address: `https://n${position}:2113`,
      cores: null,
      reportedCores: null,
      memoryBytes: null,
    })),
  };
}

function seenOf(looks: readonly NodeObservations[], isRecent = true): LastSeen {
  const observations = new Map(looks.map((look, index) => [`n${index}`, look]));
  const round: LatestRound = { at: AT, isRecent, observations };
  return { now: AT, rounds: looks.length === 0 ? {} : { gossip: round }, earlier: new Map() };
}

const view = (looks: readonly NodeObservations[], change: Partial<MesdbSubject> = {}, nodes = 3) =>
  mesdbView({
    organizationId: 'o1',
    record: recordOf(nodes),
    seen: seenOf(looks),
    open: [],
    ...change,
  }) as Record<string, unknown>;

describe('a cluster as the CLI reads it', () => {
  it('has every member that the CLI needs, in values that it parses, whatever was seen', () => {
    const version = fc.option(fc.string(), { nil: null });
    const total = fc.option(fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }), { nil: null });
    const look = fc.oneof(
      fc.constant({}),
      fc.constant(failed),
      fc
        .tuple(fc.string(), version, total)
        .map(([state, tag, size]) => ({ ...info(state, tag), ...disk(size) })),
    );
    const kind = fc.constantFrom('cluster-consensus', 'disk-usage', 'backup-overdue');
    const severity = fc.constantFrom('info', 'warning', 'critical');
    const status = fc.constantFrom('available', 'defunct');
    const open = fc.array(fc.record({ kind, severity }));
    const count = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        fc.array(look),
        fc.boolean(),
        open,
        count,
        status,
        (looks, isRecent, issues, nodes, state) => {
          const record = recordOf(nodes, state);
          const shown = view([], { record, seen: seenOf(looks, isRecent), open: issues });
          for (const [name, values] of Object.entries(ENUMS)) expect(values).toContain(shown[name]);
          for (const name of [...TEXTS, ...MORE_TEXTS]) expect(shown[name]).toMatch(/./su);
          for (const name of BOOLEANS) expect(shown[name]).toBeTypeOf('boolean');
          expect(Number.isSafeInteger(shown['diskSizeGb'])).toBe(true);
          expect(shown['diskSizeGb']).toBeGreaterThanOrEqual(0);
          expect(shown['created']).toBe(at);
          expect(Object.values(shown)).not.toContain(null);
        },
      ),
    );
  });

  it.each([
    [1, 'single-node'],
    [2, 'three-node-multi-zone'],
    [3, 'three-node-multi-zone'],
    [5, 'three-node-multi-zone'],
  ])('with %i nodes is %s', (nodes, topology) => {
    expect(view([], {}, nodes)['topology']).toBe(topology);
  });

  it('tells the version of the leader, else of the first node that told, else that it is unknown', () => {
    const versions = (looks: readonly NodeObservations[]) => {
      const { serverVersion, serverVersionTag } = view(looks);
      return [serverVersion, serverVersionTag];
    };
    expect(versions([info('Follower', '24.10.4'), info('Leader', '26.1.1.3690')])).toEqual([
      '26.1',
      '26.1.1.3690',
    ]);
    expect(versions([failed, info('Follower', '24.10.4')])).toEqual(['24.10', '24.10.4']);
    expect(versions([info('Leader', 'unknown_version')])).toEqual(['unknown_version', 'unknown_version']);
    expect(versions([info('Leader', '')])).toEqual(['unknown', 'unknown']);
    expect(versions([])).toEqual(['unknown', 'unknown']);
  });

  it.each([
    ['0 until one was seen', [], 0],
    ['0 when the figure is impossible', [disk(0)], 0],
    ['the size of the smallest', [disk(100 * GIB), disk(50 * GIB), disk(null)], 50],
    ['in whole GiB, at least one', [disk(GIB / 4)], 1],
  ])('has as its disk %s', (_what, looks, expected) => {
    expect(view(looks)['diskSizeGb']).toBe(expected);
  });

  it('is well only when a node answered lately', () => {
    const health = (looks: readonly NodeObservations[], isRecent = true) =>
      view([], { seen: seenOf(looks, isRecent) })['health'];
    expect(health([failed, info('Leader', '26.1.1')])).toBe('ok');
    expect(health([failed, failed])).toBe('health-reporting-error');
    expect(health([info('Leader', '26.1.1')], false)).toBe('health-reporting-error');
    expect(health([])).toBe('health-reporting-error');
  });
});
