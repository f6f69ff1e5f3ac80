import { describe, expect, it } from 'vitest';
import { sampleOf } from './aws-cloud-watch-metrics.engine.fixture.js';
import { MAX_VALUE, readSample, withinRange } from './aws-cloud-watch-metrics.sample.js';

const read = (change: object) => readSample(JSON.stringify({ ...sampleOf({}), ...change }));

describe('the sample in an entry', () => {
  it('is read as it is, and what more there may be is left out', () => {
    const sample = sampleOf({ name: 'my_own', labels: { a: 'b' }, value: -1.5, origin: 'host' });
    expect(readSample(JSON.stringify({ ...sample, more: 1 }))).toEqual(sample);
  });

  it('is what the catalog says it is, whoever sampled it', () => {
    expect(read({ name: 'statuses', type: 'counter' })).toMatchObject({ type: 'gauge' });
    expect(read({ name: 'sys_cpu', origin: 'eventstoredb' })).toMatchObject({ origin: 'host' });
  });

  it.each(['', 'a line', '{', 'null', '[]', '{}', '7', '{"name":"a"}'])('is not in "%s"', (body) => {
    expect(readSample(body)).toMatchObject({ code: 'not_a_sample' });
  });

  it.each([
    { value: '1' },
    { value: null },
    { type: 'histogram' },
    { origin: 'x' },
    { labels: { a: 1 } },
    { name: ' ' },
  ])('is none with %j', (change) => {
    expect(read(change)).toMatchObject({ code: 'not_a_sample' });
  });

  it('has a value that CloudWatch takes', () => {
    const withValue = (value: string) =>
      readSample(JSON.stringify(sampleOf({ value: 0 })).replace(':0,', `:${value},`));
    expect(withValue('1e999')).toMatchObject({ code: 'value_out_of_range' });
    expect(withValue(String(MAX_VALUE * 1.01))).toMatchObject({ code: 'value_out_of_range' });
    expect(withValue(String(-MAX_VALUE * 1.01))).toMatchObject({ code: 'value_out_of_range' });
    expect(withValue(String(MAX_VALUE))).toMatchObject({ value: MAX_VALUE });
  });
});

describe('a sum', () => {
  it('is brought to the nearest value that CloudWatch takes', () => {
    expect([MAX_VALUE * 3, -Infinity, 1e-200, -1e-200, 5].map(withinRange)).toEqual([
      MAX_VALUE,
      -MAX_VALUE,
      0,
      0,
      5,
    ]);
  });
});
