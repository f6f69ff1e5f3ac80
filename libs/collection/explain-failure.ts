import type { EgressFailure, EgressFailureCode } from '../egress/index.js';

/** There was no connection that a question could go through: Spillway's own way to the node, not that of its peers. */
const NOT_REACHED: readonly EgressFailureCode[] = ['dns', 'refused', 'tls', 'address-denied'];
/** There may have been one, but nothing that could be read came back. */
const NO_ANSWER: readonly EgressFailureCode[] = ['timeout', 'reset'];

/** Who could not reach whom, and why, in one sentence that cannot be taken for what the nodes say of each other. */
export function explainFailure({ code, message }: EgressFailure, path: string, target: URL): string {
  const why = (): string => asClause(message, target);
  if (NOT_REACHED.includes(code)) return `Spillway cannot reach ${target.host}: ${why()}`;
  if (NO_ANSWER.includes(code)) return `Spillway asked ${target.host} for ${path} in vain: ${why()}`;
  return message;
}

/** The sentence's subject, when it is the node, has been named already. */
function asClause(sentence: string, { host, hostname }: URL): string {
  for (const subject of [host, hostname]) {
    if (sentence.startsWith(`${subject} `)) return `it ${sentence.slice(subject.length + 1)}`;
  }
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
