const ELLIPSIS = '…';
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Control characters and text direction marks garble the line; lone surrogates cannot be sent at all. */
const clean = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, ' ');

/**
 * Text as Slack's mrkdwn takes it: `& < >` escaped (https://docs.slack.dev/messaging/formatting-message-text#escaping,
 * read 2026-11-20), so that nothing in it can mention people or make links, and cut to at most `maxChars` UTF-16 units
 * (no fewer than Slack counts). The cut falls after escaping, never inside an entity or a surrogate pair.
 */
export function fit(text: string, maxChars: number): string {
  const kept: string[] = [];
  let length = 0;
  // The longest beginning that still leaves room for the ellipsis.
  let safeCount = 0;
  for (const character of clean(text)) {
    const escaped = ESCAPES[character] ?? character;
    length += escaped.length;
    if (length > maxChars) return kept.slice(0, safeCount).join('') + ELLIPSIS;
    kept.push(escaped);
    if (length <= maxChars - ELLIPSIS.length) safeCount = kept.length;
  }
  return kept.join('');
}

/** As `fit`, on one line. */
export const fitLine = (text: string, maxChars: number): string =>
  fit(text.replace(/\s+/g, ' ').trim(), maxChars);
