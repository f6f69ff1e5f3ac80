import { z } from 'zod';
import type { DetectionOverrides } from './detection-config.js';
import { ROUNDS, type ClusterLook, type Round } from './detector.js';

/** A round as it is kept and exported, one JSON object: what the detectors saw, so that their verdict can be checked. */
export interface RecordedLook {
  readonly clusterId: string;
  readonly cluster: { readonly name: string };
  /** The cluster's own settings of the detectors at the time. */
  readonly detection: DetectionOverrides;
  readonly round: Round;
  /** RFC 3339. */
  readonly at: string;
  readonly nodes: ClusterLook['nodes'];
}

const time = z.iso.datetime({ offset: true });
const figure = z.number().nullable().default(null);
const text = z.string().max(2_000);

const observationOf = <Value extends z.ZodType>(value: Value) =>
  z
    .union([
      z.object({ at: time, ok: z.literal(true), value }),
      z.object({ at: time, ok: z.literal(false), code: text, reason: text }),
    ])
    .optional();

const member = z.object({
  endpoint: text,
  state: text,
  isAlive: z.boolean(),
  isReadOnlyReplica: z.boolean().default(false),
  writerCheckpoint: figure,
  epochNumber: figure,
  version: text.nullable().default(null),
});
const drive = z.object({ mount: text, totalBytes: figure, availableBytes: figure });
const host = z.object({
  drives: z.array(drive).default([]),
  memory: z.object({ totalBytes: figure, freeBytes: figure }).default({ totalBytes: null, freeBytes: null }),
  loadAverage1m: figure,
});
const observations = z.object({
  gossip: observationOf(z.object({ members: z.array(member), self: text.nullable().default(null) })),
  laterSelf: observationOf(member),
  info: observationOf(z.object({ state: text, version: text.nullable().default(null) })),
  health: observationOf(z.object({ isLive: z.boolean() })),
  stats: observationOf(host),
  metrics: observationOf(host),
});
const node = z.object({ id: text, address: text, cores: figure, memoryBytes: figure });

/** Reads one line of a recording, whoever wrote it. */
export const recordedLook = z.object({
  clusterId: text,
  cluster: z.object({ name: text }),
  detection: z.record(text, z.record(text, z.union([text, z.number(), z.boolean()]))).default({}),
  round: z.enum(ROUNDS),
  at: time,
  nodes: z.array(z.object({ node, observations })),
}) as unknown as z.ZodType<RecordedLook>;

/** Of a recording what is no key of it: what the database keeps as one value. */
export type KeptLook = Pick<RecordedLook, 'cluster' | 'detection' | 'nodes'>;

export const toKeptLook = ({ cluster, nodes }: ClusterLook, detection: DetectionOverrides): KeptLook => ({
  cluster: { name: cluster.name },
  detection,
  nodes,
});

export const toRecordedLook = (
  clusterId: string,
  round: Round,
  look: ClusterLook,
  detection: DetectionOverrides = {},
): RecordedLook => ({ clusterId, round, at: look.at.toISOString(), ...toKeptLook(look, detection) });

export const fromRecordedLook = ({ cluster, at, nodes }: RecordedLook): ClusterLook => ({
  cluster,
  at: new Date(at),
  nodes,
});
