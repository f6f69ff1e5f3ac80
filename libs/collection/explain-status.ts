import type { Endpoint } from '../detection/index.js';

export interface RefusedAnswer {
  readonly code: 'unauthorized' | 'not-found' | 'server-timeout' | 'unavailable' | 'http-status';
  readonly reason: string;
}

/** Those of rounds, and the log files. */
type Asked = Endpoint | 'logs';

/** What may be behind it that there is no such path. */
const WITHOUT: Readonly<Record<Asked, string>> = {
  gossip: 'gossip over HTTP is turned off there (DisableGossipOnHttp, or before 21.2 GossipOnSingleNode)',
  info: 'is this the HTTP port of an EventStoreDB or KurrentDB node?',
  health: 'it exists from version 20.6 on',
  stats: 'it is turned off there (DisableStatsOnHttp), or collecting the figures failed',
  metrics: 'it exists from version 23.6 on, and can be turned off (DisableStatsOnHttp)',
  logs: 'servers hand out their log files only with a licence for that',
};

/** What was asked of a node. */
export interface AskedQuestion {
  readonly endpoint: Asked;
  /** `/health/live` */
  readonly path: string;
  /** The node as people know it, `host:port`. */
  readonly host: string;
  /** Whether it is of those that are asked with the cluster's credentials, and whether there are any. */
  readonly isAuthenticated: boolean;
  readonly hasCredentials: boolean;
}

/** What a status means that is no answer to the question. */
export function explainStatus(question: AskedQuestion, status: number): RefusedAnswer {
  const { endpoint, path, host, isAuthenticated, hasCredentials } = question;
  switch (status) {
    case 401:
    case 403:
      return { code: 'unauthorized', reason: explainUnauthorized(question) };
    case 404:
      return { code: 'not-found', reason: `${host} has no ${path}: ${WITHOUT[endpoint]}.` };
    case 408:
      return {
        code: 'server-timeout',
        reason: `${host} gave up on ${path}: it could not answer in its own time.`,
      };
    case 503: {
      const why =
        isAuthenticated && hasCredentials
          ? 'it cannot check credentials, because there is no leader or it is starting up'
          : 'it is starting up, shutting down or without a leader';
      return { code: 'unavailable', reason: `${host} cannot serve ${path} at the moment: ${why}.` };
    }
    default:
      return { code: 'http-status', reason: `${host} answered ${path} with status ${status}.` };
  }
}

function explainUnauthorized(question: AskedQuestion): string {
  const { endpoint, path, host, isAuthenticated, hasCredentials } = question;
  if (endpoint === 'logs')
    return `${host} refuses ${path}: give the cluster the credentials of a user in the group $ops (or $admins).`;
  if (!isAuthenticated) {
    return `${host} wants credentials for ${path}, which Spillway asks without any: allow anonymous access to it.`;
  }
  return hasCredentials
    ? `${host} does not accept the credentials that Spillway has of the cluster for ${path}: set them again.`
    : `${host} wants credentials for ${path}: give the cluster those of any user, no special rights are needed.`;
}
