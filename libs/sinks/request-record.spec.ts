import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../testing/sink-conformance.samples.js';
import { answerText, requestRecord, requestShape } from './request-record.js';
import { MAX_ANSWER_CHARS } from './sink.js';

describe('the record of a request', () => {
  it('says of each member type and length, and no value', () => {
    const content = { a: 'C123456', b: [1, 2], c: { x: 1, y: 2, z: 3 }, d: 7, e: true, f: false, g: null };
    const { requestShape: shape } = requestRecord('chat.update', { ...content, h: undefined });
    expect(shape).toEqual({
      call: 'chat.update',
      members: {
        a: 'text(7)',
        b: 'list(2)',
        c: 'object(3)',
        d: 'number',
        e: 'true',
        f: 'false',
        g: 'null',
      },
    });
  });

  it('is the same for the same content, and another for another', () => {
    const digest = (content: unknown) => requestRecord('call', content).requestDigest;
    expect(digest({ text: 'a' })).toMatch(/^[0-9a-f]{64}$/);
    expect(digest({ text: 'a' })).toBe(digest({ text: 'a', left: undefined }));
    expect(digest({ text: 'a' })).not.toBe(digest({ text: 'b' }));
  });

  it('takes calls without content, and content that is no object', () => {
    expect(requestRecord('get', undefined).requestShape.members).toEqual({});
    expect(requestRecord('get', [1, 2]).requestShape.members).toEqual({ content: 'list(2)' });
    expect(requestRecord('get', 'text').requestShape.members).toEqual({ content: 'text(4)' });
  });

  it('may be the shape alone', () => {
    const content = { name: 'g', events: [{ message: 'planted' }, {}] };
    expect(requestShape('put', content)).toEqual(requestRecord('put', content).requestShape);
  });

  it('holds no value of any content', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), fc.json(), (text, json) => {
        const planted = `planted-${text}`;
        const record = requestRecord('call', { text: planted, more: [planted, JSON.parse(json)] });
        expect(JSON.stringify(record)).not.toContain('planted');
      }),
    );
  });
});

describe('what is kept of an answer', () => {
  it('is as it came when it is short and harmless', () => {
    expect(answerText('{"ok":false,"error":"is_archived"}')).toBe('{"ok":false,"error":"is_archived"}');
    expect(answerText('')).toBe('');
  });

  it('fits, is one line, and can be stored, whatever came', () => {
    fc.assert(
      fc.property(hostileText, (body) => {
        const kept = answerText(body);
        expect([...kept].length).toBeLessThanOrEqual(MAX_ANSWER_CHARS);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
      }),
    );
  });

  it('is cut between characters', () => {
    const kept = answerText('🔥'.repeat(MAX_ANSWER_CHARS + 1));
    expect(kept).toBe(`${'🔥'.repeat(MAX_ANSWER_CHARS - 1)}…`);
  });

  it('names secrets in place of showing them, also one that the cut would halve', () => {
    const secrets = { token: 'xoxb-planted-secret' };
    expect(answerText('token=xoxb-planted-secret;', secrets)).toBe('token=[token];');
    const halved = `${'x'.repeat(MAX_ANSWER_CHARS - 8)}xoxb-planted-secret`;
    expect(answerText(halved, secrets)).not.toContain('xoxb');
  });
});
