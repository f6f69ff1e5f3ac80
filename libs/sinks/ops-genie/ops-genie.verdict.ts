import type { Outcome, Receipt, RemoteRef } from '../../domain/index.js';
import type { CalledService } from '../network-failure.js';
import { classifyQuestion } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import { requestStatus } from './ops-genie.schema.js';
import { fitLine } from './ops-genie.text.js';

/** What was asked for, as receipts have it. */
export type Action = 'create' | 'note' | 'close';

const MAX_STATUS_CHARS = 300;
/** A note or a close that comes when no alert of this alias is open (https://docs.opsgenie.com/docs/alert-api#get-request-status, read 2026-11-20). */
const NO_SUCH_ALERT = /does not exist|not found|no such alert|already closed/i;
/** The status of a request that waits its turn comes as a 404 with this type (opsgenie-go-sdk-v2@718e135 `client/client.go`). */
const NOT_PROCESSED = 'RequestNotProcessed';
/** What it says where the type is missing. */
const MIGHT_NOT_BE_PROCESSED = /might not be processed/i;

/** The request was taken (202) and is not judged yet. */
export const taken = (receipt: Receipt, { label }: CalledService): Outcome => ({
  kind: 'ambiguous',
  code: 'accepted',
  reason: `${label} has taken the request and not processed it yet.`,
  receipt,
});

export const isNotProcessed = ({ status, errorType, isOpsGenies, message }: OpsGenieAnswer): boolean =>
  status === 404 &&
  (errorType === NOT_PROCESSED || (isOpsGenies && MIGHT_NOT_BE_PROCESSED.test(message ?? '')));

/** There is no open alert of this alias (any more). Of a close that is as good as done. */
export function withoutAlert(action: Action, ref: RemoteRef, { label }: CalledService): Outcome {
  if (action === 'close') return { kind: 'delivered', ref };
  const reason = `The alert is not open any more: somebody closed it in ${label}.`;
  return { kind: 'gone', what: 'ended', code: 'alert_not_open', reason };
}

/** Whether an answer or a status says that there is no such alert. */
export const saysNoAlert = (text: string | undefined): boolean => NO_SUCH_ALERT.test(text ?? '');

/** What became of a request, by the answer to the question for its status. Pure. */
export function verdictOf(
  answer: OpsGenieAnswer,
  receipt: Receipt & { readonly action: Action },
  ref: RemoteRef,
  service: CalledService,
): Outcome {
  if (isNotProcessed(answer)) return taken(receipt, service);
  const status = answer.status === 200 ? requestStatus.safeParse(answer.json).data?.data : undefined;
  const isSuccess = status?.isSuccess ?? status?.success;
  if (status === undefined || isSuccess === undefined) return classifyQuestion(answer, service);
  const { action } = receipt;
  if (action !== 'create' && saysNoAlert(status.status)) return withoutAlert(action, ref, service);
  if (isSuccess)
    return {
      kind: 'delivered',
      ref: status.alertId ? { ...ref, alertId: status.alertId } : ref,
    };
  const said = fitLine(status.status, MAX_STATUS_CHARS) || 'without saying why';
  return {
    kind: 'rejected',
    code: 'not_processed',
    reason: `${service.label} took the request to ${IN_WORDS[action]} and then refused it: ${said}.`,
  };
}

const IN_WORDS = { create: 'create the alert', note: 'add a note', close: 'close the alert' } as const;
