import { describe, expect, it } from 'vitest';
import type { ClusterRecord } from '../persistence/index.js';
import { changedMembers } from './cluster-deed.js';

const at = new Date('2026-11-20T12:00:00Z');
const node = {
  id: 'n1',
  clusterId: 'c1',
  position: 0,
  address: 'https://n1:2113',
  cores: 4,
  reportedCores: null,
  memoryBytes: null,
};
const record = (cluster: object = {}, nodes = [node]): ClusterRecord => ({
  cluster: {
    id: 'c1',
    projectId: 'p1',
    name: 'orders-db',
    tls: { insecure: true },
    credentials: 'sealed',
    detection: { 'disk-usage': { threshold: 90 } },
    status: 'available',
    provisioning: {},
    pollsLogs: false,
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
    ...cluster,
  },
  nodes,
});

describe('what changed of a cluster', () => {
  it.each([
    ['nothing', record({ updatedAt: new Date(0) }), []],
    ['its name', record({ name: 'other' }), ['name']],
    ['its TLS settings', record({ tls: {} }), ['tls']],
    ['its credentials, by name only', record({ credentials: 'sealed otherwise' }), ['credentials']],
    ['its thresholds', record({ detection: {} }), ['detection']],
    ['the polling of its logs', record({ pollsLogs: true }), ['logs']],
    ['its nodes', record({}, [{ ...node, cores: 8 }]), ['nodes']],
    ['several members', record({ name: 'other', credentials: null }, []), ['name', 'credentials', 'nodes']],
  ])('is %s', (_what, after, expected) => {
    expect(changedMembers(record(), after)).toEqual(expected);
  });
});
