/**
 * A stand-in for Slack: state, quirks and scripted faults of its Web API, over HTTP on the loopback interface.
 *
 * Tests, the demo and the sandbox's program depend on it; it depends on nothing of ours.
 * It leaves to others: who calls it, and what should have been posted.
 */
export type { SlackFault } from './faults.js';
export type { PaceViolation } from './pace-watch.js';
export { SlackStandIn, type SlackEvents, type SlackRequest } from './slack-stand-in.js';
export {
  shownBy,
  type ChannelOptions,
  type SlackChannel,
  type SlackMessage,
  type SlackMessageAttachment,
  type SlackMetadata,
  type SlackRevision,
  type SlackToken,
  type TokenOptions,
} from './workspace.js';
