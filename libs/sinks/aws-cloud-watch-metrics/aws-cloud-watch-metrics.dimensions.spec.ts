import { describe, expect, it } from 'vitest';
import { dimensionsOf, plainText } from './aws-cloud-watch-metrics.dimensions.js';
import { PLACE, sampleOf } from './aws-cloud-watch-metrics.engine.fixture.js';

const dimensions = (
  labels: Record<string, string>,
  { name = 'my_own', node = 'n1:2113', place = PLACE } = {},
) =>
  Object.fromEntries(
    dimensionsOf(place, node, sampleOf({ name, labels })).map(({ Name, Value }) => [Name, Value]),
  );
const OURS = { Cluster: 'orders-db', Node: 'n1:2113' };

describe('the dimensions of a datum', () => {
  it('are cluster, node, and the labels that the catalog keeps', () => {
    const labels = { name: 'Readers', range: '16-20 seconds' };
    expect(dimensions(labels, { name: 'queue_queueing_duration_max_seconds' })).toEqual({
      ...OURS,
      name: 'Readers',
    });
    expect(dimensions({ pid: '7' }, { name: 'proc_up_time_seconds' })).toEqual(OURS);
  });

  it('are all labels of a metric that the catalog does not know', () => {
    expect(dimensions({ b: '2', le: '+Inf', a: '1' })).toEqual({ ...OURS, a: '1', b: '2', le: '+Inf' });
  });

  it('do not depend on the order of the labels', () => {
    const [one, other] = [
      { a: '1', b: '2' },
      { b: '2', a: '1' },
    ].map((labels) => dimensionsOf(PLACE, 'n', sampleOf({ name: 'x', labels })));
    expect(one).toEqual(other);
  });

  it('leave out what is empty: AWS takes neither a name nor a value that is', () => {
    expect(dimensions({ a: '', b: ' ', '': 'x', c: '3' }, { node: '' })).toEqual({
      Cluster: 'orders-db',
      c: '3',
    });
  });

  it('are told apart when a label has a name of ours, and single when two become the same', () => {
    expect(dimensions({ Node: 'x', Cluster: 'y' })).toEqual({ ...OURS, label_Node: 'x', label_Cluster: 'y' });
    expect(dimensions({ ä: '1', ö: '2' })).toEqual({ ...OURS, _: '1' });
  });

  it('are thirty at the most', () => {
    const labels = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`l${index}`, 'x']));
    expect(Object.keys(dimensions(labels))).toHaveLength(30);
  });

  it('tell clusters apart whose names are not ASCII', () => {
    const named = (clusterName: string, clusterId: string | null = 'c1') =>
      dimensions({}, { place: { clusterName, clusterId: clusterId as string } })['Cluster'];
    expect(named('äö')).toBe('__ c1');
    expect(named('äö', null)).toBe('__');
    expect(named('x'.repeat(3_000))?.length).toBeLessThanOrEqual(1_024);
    expect(named('x'.repeat(3_000))).toMatch(/ c1$/);
  });
});

describe('a text that CloudWatch takes', () => {
  it.each([
    ['io_byte', 'io_byte'],
    ['a\nbé🔥', 'a_b__'],
    [':a', '_a'],
    ['  a b ', 'a b'],
    [' \t', ''],
    ['abcdef gh', 'abcdef'],
  ])('"%s" is "%s"', (text, plain) => {
    expect(plainText(text, 7)).toBe(plain.slice(0, 7));
  });
});
