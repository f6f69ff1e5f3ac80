import type { Outcome, Receipt, RemoteRef } from '../../domain/index.js';
import type { CalledService } from '../network-failure.js';
import { classifyQuestion } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import { requestStatus } from './ops-genie.schema.js';
import type { OpsGenieService } from './ops-genie.service.js';
import { fitLine } from './ops-genie.text.js';

/** What was asked for, as receipts have it. */
export type Action = 'create' | 'note' | 'close';

const MAX_STATUS_CHARS = 300;
/** A note or a close that comes when no alert of this alias is open (https://docs.opsgenie.com/docs/alert-api#get-request-status, read 2026-11-20). Users, teams and paths may not be found, too. */
const NO_SUCH_ALERT = /alert (does not exist|not found|is already closed)|no such alert/i;
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

export const isNotProcessed = ({ status, errorType, form, message }: OpsGenieAnswer): boolean =>
  status === 404 &&
  (errorType === NOT_PROCESSED || (form === 'own' && MIGHT_NOT_BE_PROCESSED.test(message ?? '')));

/** There is no open alert of this alias (any more). Of a close that is as good as done. `isOurs`: the present key knew it. */
export function withoutAlert(
  action: 'note' | 'close',
  ref: RemoteRef,
  isOurs: boolean,
  { label }: CalledService,
): Outcome {
  if (action === 'close') return { kind: 'delivered', ref };
  const code = 'alert_not_open';
  if (!isOurs) {
    const reason = `The alert was made with another API key, and with this one ${label} knows no such alert; a fresh one takes its place.`;
    return { kind: 'gone', what: 'message', code, reason };
  }
  const reason = `The alert is not open any more: somebody closed it in ${label}.`;
  return { kind: 'gone', what: 'ended', code, reason };
}

/** Whether the text of a status says that there is no such alert. */
export const saysNoAlert = (text: string | undefined): boolean => NO_SUCH_ALERT.test(text ?? '');

/** Whether OpsGenie itself refuses a call at once, for there is no such alert. */
export const knowsNoAlert = ({ status, form, message }: OpsGenieAnswer): boolean =>
  status === 404 && form === 'own' && saysNoAlert(message);

/** How a request ended, as an answer to the question for its status says; undefined when it does not. */
export function statusOf({ status, json }: OpsGenieAnswer) {
  const data = status === 200 ? requestStatus.safeParse(json).data?.data : undefined;
  const isSuccess = data?.isSuccess ?? data?.success;
  if (data === undefined || isSuccess === undefined) return undefined;
  return { isSuccess, said: data.status, alertId: data.alertId };
}

/** What became of a request, by the answer to the question for its status. Pure. */
export function verdictOf(
  answer: OpsGenieAnswer,
  receipt: Receipt & { readonly action: Action },
  ref: RemoteRef,
  isOurs: boolean,
  service: OpsGenieService,
): Outcome {
  if (isNotProcessed(answer)) return taken(receipt, service);
  const verdict = statusOf(answer);
  if (!verdict) return classifyQuestion(answer, service);
  const { isSuccess, said, alertId } = verdict;
  if (isSuccess) return { kind: 'delivered', ref: alertId ? { ...ref, alertId } : ref };
  const { action } = receipt;
  if (action !== 'create' && saysNoAlert(said)) return withoutAlert(action, ref, isOurs, service);
  return { kind: 'rejected', ...refusedLater(action, said, service) };
}

/** It was taken first and refused then, with what is said of it. */
export const refusedLater = (action: Action, said: string, { label }: CalledService) => ({
  code: 'not_processed',
  reason: `${label} took the request to ${IN_WORDS[action]} and then refused it: ${fitLine(said, MAX_STATUS_CHARS) || 'without saying why'}.`,
});

const IN_WORDS = { create: 'create the alert', note: 'add a note', close: 'close the alert' } as const;
