import type { CalledService } from '../network-failure.js';
import type { OpsGenieSettings } from './ops-genie.schema.js';

/** One of the services that speak this API. */
export interface OpsGenieService extends CalledService {
  readonly target: OpsGenieSettings['target'];
  /** Without a slash at the end. */
  readonly url: string;
  /** Whether one can ask for an alert by its alias. */
  readonly readsAlerts: boolean;
}

/** When OpsGenie's own hosts cease to answer (https://support.atlassian.com/opsgenie/docs/what-happens-when-opsgenie-is-turned-off/, read 2026-11-20). */
export const OPSGENIE_ENDS = '2027-04-05';

/** https://docs.opsgenie.com/docs/api-overview, read 2026-11-20. */
const ORIGINS = {
  opsgenie: 'https://api.opsgenie.com',
  'opsgenie-eu': 'https://api.eu.opsgenie.com',
  jsm: 'https://api.atlassian.com',
} as const;
/** JSM's integration events keep OpsGenie's contract below this path (https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events, read 2026-11-20). */
const JSM_PATH = '/jsm/ops/integration';

/** The service that a key of this `target` belongs to; `apiUrl` is the operator's and replaces its origin. */
export function serviceOf(target: OpsGenieSettings['target'], apiUrl: string | undefined): OpsGenieService {
  const isJsm = target === 'jsm';
  const origin = (apiUrl ?? ORIGINS[target]).replace(/\/+$/, '');
  return {
    target,
    label: isJsm ? 'JSM Operations' : 'OpsGenie',
    apiUrlSetting: 'OPSGENIE_API_URL',
    url: `${origin}${isJsm ? JSM_PATH : ''}`,
    readsAlerts: !isJsm,
  };
}
