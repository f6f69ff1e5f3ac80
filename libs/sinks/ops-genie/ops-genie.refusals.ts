import type { Outcome } from '../../domain/index.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import { OPSGENIE_ENDS, type OpsGenieService } from './ops-genie.service.js';
import { fitLine } from './ops-genie.text.js';

const MAX_NAMED_CHARS = 300;

/**
 * Whether a call only asks, changes an alert, or creates one. Everything that does not only ask has a key, or does little
 * harm twice.
 */
export type CallNature = 'asks' | 'changes' | 'creates';

/** What each status means to the key (https://docs.opsgenie.com/docs/response, read 2026-11-20). */
const REFUSED_KEY: Readonly<Record<number, (label: string) => string>> = {
  401: (label) =>
    `${label} does not know the API key, or its integration is turned off: check both there. Keys of OpsGenie's EU service and of JSM Operations need another settings.target.`,
  402: (label) => `The account's plan of ${label} does not include this: ask its owner.`,
  403: (label) =>
    `${label} knows the API key, but it may not do this: enter the key of an API integration with the access rights Read and Create and Update.`,
};
/** Missing rights by what needs them, in the words of OpsGenie's form. */
const MISSING_RIGHT = { asks: 'Read', changes: 'Create and Update', creates: 'Create and Update' } as const;
const LACKS_A_RIGHT = 40_301;
/** With which a key is refused that cannot be one, before it is looked for (https://github.com/falcosecurity/falcosidekick/issues/719 and https://github.com/opsgenie/opsgenie-lamp/issues/50, read 2026-11-20). */
const MALFORMED_KEY = /key format is not valid/i;

/** The key is no good, or may not do this. Undefined when an answer says nothing of the key. */
export function refusedKey(
  { status, code: number, message }: OpsGenieAnswer,
  code: string,
  label: string,
  nature: CallNature,
): Outcome | undefined {
  if (status === 422 && MALFORMED_KEY.test(message ?? '')) {
    const reason = `The API key is malformed, says ${label}: copy it once more, whole, from its integration there, and put it in anew.`;
    return { kind: 'unauthorized', code, reason };
  }
  const reason = REFUSED_KEY[status]?.(label);
  if (reason === undefined) return undefined;
  if (number !== LACKS_A_RIGHT) return { kind: 'unauthorized', code, reason };
  const right = MISSING_RIGHT[nature];
  return {
    kind: 'unauthorized',
    code,
    reason: `The API key lacks the access right ${right}: give it to the key's integration in ${label}.`,
  };
}

/** What creates alerts is not there: there is no alert that a create could fail to find. */
export const noEndpoint = (code: string, { status }: OpsGenieAnswer, service: OpsGenieService): Outcome => ({
  kind: 'gone',
  what: 'destination',
  code,
  reason: `${service.label} does not know the call that creates alerts (HTTP ${status}). If OpsGenie was turned off, which it is on ${OPSGENIE_ENDS} at the latest, choose another settings.target; otherwise check ${service.apiUrlSetting}.`,
});

/** What was sent is refused for good, with the members that OpsGenie names, in its own words. */
export function refusedContent(code: string, answer: OpsGenieAnswer, { label }: OpsGenieService): Outcome {
  const named = Object.entries(answer.errors ?? {}).map(
    ([name, said]) => `${name} ${typeof said === 'string' ? said : 'is refused'}`,
  );
  const members = fitLine(named.join('; '), MAX_NAMED_CHARS) || 'see its documentation';
  return {
    kind: 'rejected',
    code,
    reason: `${label} refuses the request with HTTP ${answer.status}: ${members}.`,
  };
}
