import { z } from 'zod';
import type { GossipAnswer, GossipMember } from '../detection/index.js';
import { foreignText, readAnswer } from './read-answer.js';

/** No cluster is near this size; more rows are nothing that we would store. */
const MAX_MEMBERS = 100;

const port = z.number().int().nonnegative();

const member = z.object({
  state: z.string().regex(/^[A-Za-z]{1,40}$/),
  isAlive: z.boolean(),
  /** From 20.6. */
  httpEndPointIp: foreignText.optional(),
  httpEndPointPort: port.optional(),
  /** Up to 5.x. */
  externalHttpIp: foreignText.optional(),
  externalHttpPort: port.optional(),
});
const gossip = z.object({ members: z.array(member).max(MAX_MEMBERS) });

/** Words of 5.x in today's. */
const TODAYS_STATE: Readonly<Record<string, string>> = {
  Master: 'Leader',
  PreMaster: 'PreLeader',
  Slave: 'Follower',
};
/** A seed that was not yet matched to a node; it may linger for ever (kurrent-io/KurrentDB issues 4036 and 5436). */
const SEED_STATE = 'Manager';

/** Reads `/gossip` of 3.x to 26.x. Rows of seeds are dropped. Throws `UnreadableAnswer`. */
export function parseGossip(body: string): GossipAnswer {
  const { members } = readAnswer(body, gossip);
  return { members: members.filter(({ state }) => state !== SEED_STATE).map(toMember) };
}

function toMember(row: z.output<typeof member>): GossipMember {
  const host = row.httpEndPointIp ?? row.externalHttpIp ?? 'unknown';
  const endpoint = `${host}:${row.httpEndPointPort ?? row.externalHttpPort ?? 0}`;
  return { endpoint, state: TODAYS_STATE[row.state] ?? row.state, isAlive: row.isAlive };
}
