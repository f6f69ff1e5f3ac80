import type { Endpoint } from '../detection/index.js';

export interface RefusedAnswer {
  readonly code: 'unauthorized' | 'not-found' | 'server-timeout' | 'unavailable' | 'http-status';
  readonly reason: string;
}

const WITHOUT: Readonly<Record<Endpoint, string>> = {
  gossip: 'gossip over HTTP is turned off there (DisableGossipOnHttp, or before 21.2 GossipOnSingleNode)',
  info: 'is this the HTTP port of an EventStoreDB or KurrentDB node?',
  stats: 'it is turned off there (DisableStatsOnHttp), or collecting the figures failed',
};

/** What a status other than 200 means at this endpoint. `host` is the node as people know it, `host:port`. */
export function explainStatus(
  endpoint: Endpoint,
  status: number,
  host: string,
  hasCredentials: boolean,
): RefusedAnswer {
  const path = `/${endpoint}`;
  switch (status) {
    case 401:
    case 403:
      return { code: 'unauthorized', reason: explainUnauthorized(endpoint, path, host, hasCredentials) };
    case 404:
      return { code: 'not-found', reason: `${host} has no ${path}: ${WITHOUT[endpoint]}.` };
    case 408:
      return {
        code: 'server-timeout',
        reason: `${host} gave up on ${path}: it could not answer in its own time.`,
      };
    case 503: {
      const why =
        endpoint === 'stats' && hasCredentials
          ? 'it cannot check credentials, because there is no leader or it is starting up'
          : 'it is starting up, shutting down or without a leader';
      return { code: 'unavailable', reason: `${host} cannot serve ${path} at the moment: ${why}.` };
    }
    default:
      return { code: 'http-status', reason: `${host} answered ${path} with status ${status}.` };
  }
}

function explainUnauthorized(
  endpoint: Endpoint,
  path: string,
  host: string,
  hasCredentials: boolean,
): string {
  if (endpoint !== 'stats') {
    return `${host} wants credentials for ${path}, which is asked without any: allow anonymous access to it.`;
  }
  return hasCredentials
    ? `${host} does not accept the cluster's credentials for ${path}.`
    : `${host} wants credentials for ${path}: give the cluster those of any user, no special rights are needed.`;
}
