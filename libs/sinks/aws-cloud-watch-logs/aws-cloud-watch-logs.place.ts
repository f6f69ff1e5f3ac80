import { createHash } from 'node:crypto';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html, read 2026-11-28. */
const MAX_NAME_CHARS = 512;
const DIGEST_CHARS = 16;
/** Never within an escaped text, where a percent sign is followed by two digits of its code. */
const CUT_MARK = '%#';
const NAMELESS = '%';

/** What a name may not hold, or a console could not show; the percent sign, so that nothing else looks escaped. */
const UNFIT = /[:*%\p{Cc}]/gu;

const escaped = (char: string): string => encodeURIComponent(char).replace('*', '%2A');

/**
 * The log stream of a node: `orders-db/n1.example.com%3A2113`. Two nodes never share one: what a stream's name may not hold is
 * percent-encoded, and so is a slash in the cluster's name. What is over the limit of 512 characters ends in the beginning of
 * its SHA-256. Lines of nobody's go to the stream of the cluster's name alone.
 */
export function streamNameOf(clusterName: string, node: string): string {
  const cluster = clean(clusterName).replaceAll('/', '%2F');
  const name = node === '' ? cluster : `${cluster}/${clean(node)}`;
  if (name.length <= MAX_NAME_CHARS) return name === '' ? NAMELESS : name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_CHARS);
  const kept = name.slice(0, MAX_NAME_CHARS - CUT_MARK.length - DIGEST_CHARS);
  return `${wholeOf(kept)}${CUT_MARK}${digest}`;
}

const clean = (text: string): string => text.toWellFormed().replace(UNFIT, escaped);

/** Without the half of a character, or of an escape, that it was cut to at its end. */
const wholeOf = (cut: string): string => cut.replace(/[\ud800-\udbff]$/, '').replace(/%[0-9A-F]?$/, '');
