import { randomUUID } from 'node:crypto';
import type { TestReport } from '../sink.js';
import { failed, passed } from '../test-report.js';
import { classifyAnswer, classifyFailure } from './ops-genie.classify.js';
import type { OpsGenieAnswer, OpsGenieClient } from './ops-genie.client.js';

const ACCEPTED = 'OpsGenie accepts the API key.';
const NOT_CHECKED =
  'Not checked: whether the key may create alerts (access right Create and Update), for only an alert would tell.';

/** OpsGenie knows who asks before it looks for what is asked: of a request that nobody made it says so only to a good key. */
const isAccepted = ({ status, isOpsGenies }: OpsGenieAnswer): boolean =>
  isOpsGenies && (status === 404 || status === 422 || (status >= 200 && status < 300));

/** Tries the key by asking after a request that nobody made. Creates nothing, and reads no alert. */
export async function probe(client: OpsGenieClient, signal: AbortSignal): Promise<TestReport> {
  try {
    const answer = await client.get(`/v2/alerts/requests/${randomUUID()}`, signal);
    return isAccepted(answer) ? passed(ACCEPTED, NOT_CHECKED) : failed(classifyAnswer(answer));
  } catch (error) {
    return failed(classifyFailure(error));
  }
}
