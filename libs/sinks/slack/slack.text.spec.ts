import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../../testing/sink-conformance.samples.js';
import { fit, fitLine } from './slack.text.js';

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('text for Slack', () => {
  it('escapes what would be markup', () => {
    expect(fit('a < b && <!channel>', 100)).toBe('a &lt; b &amp;&amp; &lt;!channel&gt;');
  });

  it('stays whole when it just fits, and ends in an ellipsis when it does not', () => {
    expect(fit('abcde', 5)).toBe('abcde');
    expect(fit('abcdef', 5)).toBe('abcd…');
    expect(fit('ab&', 7)).toBe('ab&amp;');
  });

  it('cuts no entity and no surrogate pair in half', () => {
    expect(fit('ab&c', 6)).toBe('ab…');
    expect(fit('🔥🔥🔥', 5)).toBe('🔥🔥…');
  });

  it('replaces control characters and lone surrogates, keeping line breaks', () => {
    expect(fit('a\u0000b\r\nc\rd\ud83d', 100)).toBe('a b\nc\nd\ufffd');
    expect(fitLine(' a\n\n b\u0007c ', 100)).toBe('a b c');
  });

  it('holds for any text and any limit', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 3_000 }), (text, limit) => {
        const fitted = fit(text, limit);
        expect(fitted.length).toBeLessThanOrEqual(limit);
        expect(fitted.isWellFormed()).toBe(true);
        expect(fitted).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        if (!fitted.endsWith('…'))
          expect(unescaped(fitted)).toHaveLength(text.replaceAll('\r\n', '\n').length);
      }),
    );
  });
});
