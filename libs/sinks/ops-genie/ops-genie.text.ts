const ELLIPSIS = '…';

/** Control characters and text direction marks garble the line; lone surrogates cannot be sent at all. */
const clean = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .trim();

/**
 * Text of at most so many code points, which is what OpsGenie counts (Alertmanager cuts so, too). What is longer ends in
 * an ellipsis. May be empty.
 */
export function fitText(text: string, maxCodePoints: number): string {
  const characters = [...clean(text)];
  if (characters.length <= maxCodePoints) return characters.join('');
  return (
    characters
      .slice(0, maxCodePoints - 1)
      .join('')
      .trimEnd() + ELLIPSIS
  );
}

/** As `fitText`, on one line. */
export const fitLine = (text: string, maxCodePoints: number): string =>
  fitText(clean(text).replace(/\s+/g, ' '), maxCodePoints);

export const minute = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `disk-usage` as people say it: `Disk usage`. */
export const kindInWords = (kind: string): string =>
  capitalised(kind.replace(/[-_.\s]+/g, ' ').trim()) || 'Issue';
