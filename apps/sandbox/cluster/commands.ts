import { z } from 'zod';
import { parseDurationMs } from '../../../libs/domain/index.js';
import type { ClusterControls } from './cluster-controls.js';
import { NODE_FAULTS } from './faulty-answers.js';
import { MEMBER_STATES } from './model-node.js';

/** One thing that can be made to happen, by `POST /_control/<name>` and by a step of a scenario. */
export interface Command {
  readonly what: string;
  /** A body that works. */
  readonly example: Readonly<Record<string, unknown>>;
  readonly schema: z.ZodObject;
  /** `speed` shortens what takes its time. Throws `RangeError` with a sentence when the cluster cannot do it. */
  run(cluster: ClusterControls, input: unknown, speed: number): void | Promise<void>;
}

function command<Shape extends z.ZodRawShape>(
  what: string,
  example: Readonly<Record<string, unknown>>,
  shape: Shape,
  run: (cluster: ClusterControls, input: z.output<z.ZodObject<Shape>>, speed: number) => void | Promise<void>,
): Command {
  const schema = z.strictObject(shape);
  return {
    what,
    example,
    schema,
    run: (cluster, input, speed) => run(cluster, input as z.output<z.ZodObject<Shape>>, speed),
  };
}

const node = z.int('must be the number of a node, from 0').min(0, 'must be the number of a node, from 0');
const between = (minimum: number, maximum: number, orElse = '') => {
  const message = `must be a number from ${minimum} to ${maximum}${orElse}`;
  return z.number(message).min(minimum, message).max(maximum, message);
};
const percent = (orElse = '') => between(0, 100, orElse);
const oneOf = <const Values extends readonly string[]>(values: Values, orElse = '') =>
  z.enum(values, `must be one of ${values.join(', ')}${orElse}`);
const flag = z.boolean('must be true or false').default(true);
const count = z.int('must be a whole number').min(0, 'must be 0 to 20').max(20, 'must be 0 to 20');

/** `3s`; comes out in milliseconds. */
export const durationText = z.string('must be a duration: 500ms, 30s, 5m, 1h').transform((text, context) => {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms <= 86_400_000) return ms;
  context.addIssue({ code: 'custom', message: 'must be a duration up to a day: 500ms, 30s, 5m, 1h' });
  return z.NEVER;
});

/** Every command, for the control endpoint and for scenarios. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  disk: command(
    'the disk is that full; null: it cannot be read',
    { node: 0, percent: 85 },
    { node, percent: percent(', or null').nullable() },
    (cluster, input) => cluster.setDisk(input.node, input.percent),
  ),
  load: command(
    'the load average of the last minute; null: none is told, as on Windows',
    { node: 0, average: 9.5 },
    { node, average: between(0, 10_000, ', or null').nullable() },
    (cluster, input) => cluster.setLoad(input.node, input.average),
  ),
  memory: command(
    'so much memory is in use; "impossible": more is free than there is; null: no figures',
    { node: 0, percent: 93 },
    {
      node,
      percent: z
        .union([percent(), z.literal('impossible')], 'must be a number from 0 to 100, "impossible", or null')
        .nullable(),
    },
    (cluster, input) => cluster.setMemory(input.node, input.percent),
  ),
  down: command(
    'the node is dead: connections are refused, or with "hang" never answered; null brings it back',
    { node: 1, how: 'refuse' },
    { node, how: oneOf(['refuse', 'hang'], ', or null').nullable() },
    (cluster, input) => cluster.setDown(input.node, input.how),
  ),
  fault: command(
    `only the node's answers go wrong: ${NODE_FAULTS.join(', ')}`,
    { node: 1, fault: 'no-gossip' },
    { node, fault: oneOf(NODE_FAULTS) },
    (cluster, input) => cluster.setFault(input.node, input.fault),
  ),
  health: command(
    '`/health/live` says 204 or 503',
    { node: 1, live: false },
    { node, live: flag },
    (cluster, input) => cluster.setLive(input.node, input.live),
  ),
  leader: command(
    'another leader, at once; null: nobody leads (no quorum) until one is set',
    { node: 2 },
    { node: node.nullable() },
    (cluster, input) => cluster.setLeader(input.node),
  ),
  election: command(
    'an election that takes its time: nobody leads, then the winner, then the others tell their state again',
    { node: 1, electing: '3s', settling: '2s' },
    { node, electing: durationText.default(3_000), settling: durationText.default(2_000) },
    (cluster, input, speed) =>
      cluster.elect(input.node, {
        electingMs: input.electing / speed,
        settlingMs: input.settling / speed,
      }),
  ),
  view: command(
    'the node claims that another one leads (or itself, or "nobody"); null: the truth again',
    { node: 2, leader: 1 },
    {
      node,
      leader: z.union([node, z.literal('nobody')], 'must be a node, "nobody", or null').nullable(),
    },
    (cluster, input) => cluster.setView(input.node, input.leader),
  ),
  blind: command(
    'the node takes another one for dead that is not; it ends with "blind": false',
    { node: 2, to: 1 },
    { node, to: node, blind: flag },
    (cluster, input) => cluster.setBlind(input.node, input.to, input.blind),
  ),
  partition: command(
    'these are cut off from the others; [] heals',
    { nodes: [2] },
    { nodes: z.array(node, 'must be a list of nodes') },
    (cluster, input) => cluster.partition(input.nodes),
  ),
  writing: command(
    'how fast the log grows; the followers keep up',
    { bytesPerSecond: 50_000 },
    { bytesPerSecond: between(0, 1e9) },
    (cluster, input) => cluster.setWriting(input.bytesPerSecond),
  ),
  behind: command(
    'the follower\'s log stays so many bytes behind, or "frozen" where it is; 0: it keeps up',
    { node: 2, bytes: 'frozen' },
    {
      node,
      bytes: z.union([between(0, 1e15), z.literal('frozen')], 'must be a number of bytes, or "frozen"'),
    },
    (cluster, input) => cluster.setBehind(input.node, input.bytes),
  ),
  member: command(
    `the member is in this state, whatever the cluster made of it: ${MEMBER_STATES.join(', ')}; null: as it is`,
    { node: 2, state: 'CatchingUp' },
    { node, state: oneOf(MEMBER_STATES, ', or null').nullable() },
    (cluster, input) => cluster.setState(input.node, input.state),
  ),
  forget: command(
    'the others drop the row of a dead node, as they do after half an hour; it is back when the node is',
    { node: 1 },
    { node },
    (cluster, input) => cluster.forget(input.node),
  ),
  ghosts: command('so many dead rows that belong to no node', { count: 1 }, { count }, (cluster, input) =>
    cluster.setGhosts(input.count),
  ),
  managers: command('so many Manager rows', { count: 2 }, { count }, (cluster, input) =>
    cluster.setManagers(input.count),
  ),
  log: command(
    "lines are added to the node's log file, which a licensed server hands out",
    { node: 0, lines: ['{"@t":"2026-01-01T00:00:00Z","@mt":"Hello","@l":"Information"}'] },
    { node, lines: z.array(z.string(), 'must be a list of lines') },
    (cluster, input) => cluster.appendLog(input.node, input.lines.map((line) => `${line}\n`).join('')),
  ),
  rotation: command('the node goes on in a new log file', { node: 0 }, { node }, (cluster, input) =>
    cluster.rotateLog(input.node),
  ),
  truncation: command("the node's newest log file is emptied", { node: 0 }, { node }, (cluster, input) =>
    cluster.truncateLog(input.node),
  ),
  reset: command('the cluster is well again', {}, {}, (cluster) => cluster.reset()),
};
