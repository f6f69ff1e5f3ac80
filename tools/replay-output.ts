import type { KindSummary, ReplayedTransition } from '../libs/detection/index.js';

/** A recording may come from anywhere: nothing in it may steer the terminal. */
// oxlint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd');

/** What happened, for people: one line, then the message, indented. */
export function transitionText(transition: ReplayedTransition): string {
  const { time, kind, clusterName, nodeAddress, severity, message, step, repeats } = transition;
  const place = nodeAddress === null ? clusterName : `${clusterName} ${nodeAddress}`;
  const before =
    repeats === 0 ? '' : step === 'repeated' ? ` (${repeats})` : ` (after ${repeats} more open events)`;
  const line = `${time.toISOString()}  ${kind}  ${place}  ${step} ${severity}${before}`;
  return `${plain(line)}\n    ${plain(message).replaceAll('\n', '\n    ')}\n`;
}

/** The same for machines. */
export function transitionJson(transition: ReplayedTransition): string {
  const { time, kind, clusterId, clusterName, nodeId, nodeAddress } = transition;
  const { event, step, severity, message, repeats } = transition;
  const place = { clusterId, cluster: clusterName, nodeId, node: nodeAddress };
  const object = { time: time.toISOString(), kind, ...place, event, step, severity, message, repeats };
  return `${JSON.stringify(object)}\n`;
}

/** What there was over all, kind by kind, and what could not be judged at all. */
export function summaryText(looks: number, kinds: readonly KindSummary[]): string {
  const rows = kinds.map(({ kind, opened, closed, stillOpen }) => [kind, opened, closed, stillOpen]);
  const table = [['kind', 'opened', 'closed', 'still open'], ...rows].map(
    ([kind, ...counts]) =>
      `${String(kind).padEnd(22)}${counts.map((count) => String(count).padStart(12)).join('')}`,
  );
  const unjudged = kinds.flatMap(neverJudgedLines);
  const lines = [
    `${looks} ${looks === 1 ? 'look' : 'looks'} replayed.`,
    '',
    ...table,
    ...(unjudged.length === 0 ? [] : ['', 'Never judged:', ...unjudged]),
  ];
  return `\n${lines.join('\n')}\n`;
}

function neverJudgedLines({ kind, looks, neverJudged }: KindSummary): string[] {
  if (looks === 0) return [`  ${kind}: the recording has no round that it reads`];
  return neverJudged.map(({ clusterName, nodeAddress, status, reason }) => {
    const place = nodeAddress === null ? clusterName : `${clusterName} ${nodeAddress}`;
    return plain(`  ${kind}: ${status} at ${place}: ${reason}`);
  });
}
