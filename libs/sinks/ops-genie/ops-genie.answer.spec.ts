import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import { systemClock } from '../../domain/index.js';
import { closedIssueCard, sampleIssueCard } from '../../testing/sink-conformance.samples.js';
import { refOf, sampleCall, settled } from '../../testing/sink-conformance.js';
import { opsGenieSink } from './index.js';

const KEY = 'planted-0123-4567-89ab-cdefgenie';

describe('what is kept of an answer', () => {
  let opsGenie: OpsGenieStandIn;
  const connect = (apiKey = KEY) =>
    opsGenieSink.connect({}, { apiKey }, { apiUrl: opsGenie.url, clock: systemClock });
  /** Of this body, in answer to a create. */
  const kept = async (body: unknown, status = 500, apiKey = KEY) => {
    opsGenie.faults.next('create', { kind: 'answer', status, body });
    return (await connect(apiKey).open(sampleIssueCard(), sampleCall())).answer;
  };

  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    await opsGenie.start();
    opsGenie.addKey(KEY);
  });
  afterEach(() => opsGenie.stop());

  it('are members that tell what became of it, and no other', async () => {
    const known = { result: 'r', requestId: 'i', message: 'm', errors: { tags: 'too many' }, code: 40301 };
    const data = { status: 's', isSuccess: false, action: 'Create' };
    const body = { ...known, took: 1, who: 'Ann', data: { ...data, alias: 'a', description: 'private' } };
    expect(JSON.parse((await kept(body))!)).toEqual({ ...known, data });
    expect(await kept([{ who: 'Ann' }])).toBe('{}');
    expect(await kept('')).toBeUndefined();
  });

  it('shows of an alert that was read back whether it is closed, and nothing it says', async () => {
    const sink = connect();
    const ref = refOf(await settled(sink, sink.open(sampleIssueCard(), sampleCall())));
    const { answer } = await sink.readBack!(closedIssueCard(), ref, sampleCall());
    expect(JSON.parse(answer!)).toEqual({ requestId: expect.any(String), data: { status: 'open' } });
  });

  it('are of a page the words it begins with', async () => {
    const page = `<html><title>Blocked by proxy.example</title>${'<p>words</p> '.repeat(200)}</html>`;
    const answer = (await kept(page))!;
    expect(answer).toMatch(/^Blocked by proxy\.example words words .*…$/);
    expect([...answer]).toHaveLength(300);
  });

  it.each([KEY, 'abcd', 'planted"key-0123'])('is never a key that a proxy prints: %s', async (key) => {
    for (const page of [
      `<pre>authorization: GenieKey ${key}</pre>`,
      `geniekey  ${key} and somebody-elses`,
      JSON.stringify({ message: `GenieKey ${key}`, requestId: 'r', errors: { key: `GenieKey ${key}` } }),
    ]) {
      const answer = await kept(page, 502, key);
      expect(answer).toMatch(/GenieKey \[apiKey\]/i);
      expect(answer).not.toContain(key);
      expect(answer).not.toContain(JSON.stringify(key).slice(1, -1));
    }
  });

  it('is never a key where a member’s name is expected', async () => {
    expect(await kept({ requestId: 'r', errors: { [KEY]: KEY } })).toBe(
      '{"requestId":"r","errors":{"[apiKey]":"[apiKey]"}}',
    );
  });

  it('holds not even a part of the key, wherever it is cut', async () => {
    for (let before = 280; before <= 300; before += 1) {
      const [page, json] = ['x'.repeat(before), 'x'.repeat(before + 650)];
      for (const body of [`${page}${KEY}`, { message: `${json}${KEY}`, requestId: 'r' }])
        expect(await kept(body)).not.toMatch(/xplan/);
    }
    expect(await kept(`${'<i>'.repeat(1_325)}${KEY.padStart(36)}`)).not.toMatch(/plan/);
  });
});
