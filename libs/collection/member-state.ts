/** The servers' words for what a member is (src/EventStore.Core/Data/VNodeState.cs, read 2026-11-20). */
const STATES = [
  'Initializing DiscoverLeader Unknown PreReplica CatchingUp Clone Follower PreLeader Leader Manager ShuttingDown',
  'Shutdown ReadOnlyLeaderless PreReadOnlyReplica ReadOnlyReplica ResigningLeader',
].flatMap((words) => words.split(' '));

const TODAYS_WORD: ReadonlyMap<string, string> = new Map([
  ...STATES.map((state): [string, string] => [state.toLowerCase(), state]),
  // Up to 5.x.
  ['master', 'Leader'],
  ['premaster', 'PreLeader'],
  ['slave', 'Follower'],
]);

/** In today's word and spelling (`/info` writes all in lower case); one that is not known stays as it is. */
export const todaysState = (state: string): string => TODAYS_WORD.get(state.toLowerCase()) ?? state;
