import { randomUUID } from 'node:crypto';
import type { TestReport } from '../sink.js';
import { failed, passed } from '../test-report.js';
import { classifyAnswer, classifyFailure } from './ops-genie.classify.js';
import type { OpsGenieAnswer, OpsGenieClient } from './ops-genie.client.js';
import { OPSGENIE_ENDS } from './ops-genie.service.js';
import { isNotProcessed } from './ops-genie.verdict.js';

const NOT_CHECKED =
  'Not checked: whether the key may create alerts (access right Create and Update), for only an alert would tell.';
const ENDS = `OpsGenie itself answers until ${OPSGENIE_ENDS} only: move to JSM Operations before (settings.target jsm).`;

/**
 * OpsGenie knows who asks before it looks for what is asked: of a request that nobody made it says so only to a good key.
 * A gateway's 404 says nothing of the key, and 422 that it is malformed.
 */
const isAccepted = (answer: OpsGenieAnswer): boolean =>
  isNotProcessed(answer) ||
  (answer.form === 'own' && (answer.status === 404 || (answer.status >= 200 && answer.status < 300)));

/**
 * Tries the key, and its right to read, by asking after a request that nobody made. Creates nothing, and reads no alert.
 * JSM Operations is asked the same.
 */
export async function probe(client: OpsGenieClient, signal: AbortSignal): Promise<TestReport> {
  const { service } = client;
  const result = await client.get(`/v2/alerts/requests/${randomUUID()}`, signal);
  if ('error' in result) return failed(classifyFailure(result, service));
  if (!isAccepted(result.answer)) return failed(classifyAnswer(result.answer, service));
  const accepted = `${service.label} accepts the API key, and it may read what became of requests.`;
  return service.target === 'jsm' ? passed(accepted, NOT_CHECKED) : passed(accepted, NOT_CHECKED, ENDS);
}
