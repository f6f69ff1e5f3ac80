import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricMatcher, type MetricSample } from '../domain/index.js';
import { pageSamples } from './page-samples.js';

const FIXTURES = new URL('../../test/fixtures/eventstore/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const all = (): boolean => true;
const read = (body: string, isWanted: (name: string) => boolean = all): MetricSample[] => [
  ...pageSamples(body, isWanted),
];
/** `io_bytes{activity=read} 5 counter eventstoredb` */
const inShort = ({ name, labels, value, type, origin }: MetricSample): string =>
  `${name}{${Object.entries(labels)
    .map((pair) => pair.join('='))
    .join()}} ${value} ${type} ${origin}`;
const only = (body: string, name: string): string[] => read(body, (one) => one === name).map(inShort);

describe('a recorded page', () => {
  it.each([
    ['metrics-eventstore-23.10-docs-samples.txt', 320],
    ['metrics-eventstore-24.10-docs-samples.txt', 320],
    ['metrics-kurrentdb-25.0-docs-samples.txt', 320],
  ])('%s has the counter by the same name and labels, whatever its era', (name, value) => {
    expect(only(fixture(name), 'io_events')).toEqual([
      `io_events{activity=written} ${value} counter eventstoredb`,
    ]);
  });

  it('of 23.6 has all its series', () => {
    const page = fixture('metrics-eventstore-23.6dev-pr3777-excerpt.txt');
    expect(only(page, 'io_bytes')).toEqual(['io_bytes{activity=read} 1807752234 counter eventstoredb']);
    expect(only(page, 'checkpoints')).toEqual([
      'checkpoints{name=writer,read=non-flushed} 74339121 gauge eventstoredb',
      'checkpoints{name=index,read=non-flushed} 74338748 gauge eventstoredb',
      'checkpoints{name=replication,read=non-flushed} 74339121 gauge eventstoredb',
    ]);
  });

  it('of 26.1 has no labels of the scrape or of the process, and counters without their ending', () => {
    const page = fixture('metrics-kurrentdb-shape-synthetic.txt');
    expect(only(page, 'elections_count')).toEqual(['elections_count{} 5 counter eventstoredb']);
    expect(only(page, 'proc_up_time_seconds')).toEqual(['proc_up_time_seconds{} 5 gauge eventstoredb']);
    expect(only(page, 'disk_io_bytes')).toEqual(['disk_io_bytes{activity=read} 5 counter eventstoredb']);
    const labels = new Set(read(page).flatMap((sample) => Object.keys(sample.labels)));
    expect([...labels].filter((label) => /^otel_|^pid$/.test(label))).toEqual([]);
  });

  it('in OpenMetrics is the same', () => {
    const page = fixture('metrics-constructed-25.1-openmetrics.txt');
    const counters = read(page).filter(({ type }) => type === 'counter');
    expect(counters.length).toBeGreaterThan(0);
    expect(counters.every(({ name }) => !name.endsWith('_total'))).toBe(true);
    expect(read(page).filter(({ origin }) => origin === 'host').length).toBeGreaterThan(0);
  });

  it('gives what is wanted by default, and buckets only to who spells them', () => {
    const page = fixture('metrics-eventstore-24.10-docs-samples.txt');
    const names = (extra: readonly string[]): string[] => [
      ...new Set(read(page, metricMatcher(extra)).map(({ name }) => name)),
    ];
    expect(names([])).toContain('io_events');
    expect(names([]).filter((name) => /_bucket$|^persistent_sub/.test(name))).toEqual([]);
    expect(names(['gossip_latency_seconds_bucket'])).toContain('gossip_latency_seconds_bucket');
    expect(names(['persistent_sub_*'])).toContain('persistent_sub_connections');
  });
});

describe('a type', () => {
  it.each([
    [
      'statuses is a time, though up to 24.10 it was declared a counter',
      '# TYPE eventstore_statuses counter\neventstore_statuses{name="Node",status="Leader"} 1688054162 1',
      'statuses',
      'gauge',
    ],
    ['a counter nobody knows', '# TYPE eventstore_new counter\neventstore_new 1 1', 'new', 'counter'],
    ['the same from 25.0 on', '# TYPE kurrentdb_new_total counter\nkurrentdb_new_total 1', 'new', 'counter'],
    ['the same in OpenMetrics', '# TYPE kurrentdb_new counter\nkurrentdb_new_total 1', 'new', 'counter'],
    ['the same undeclared', 'kurrentdb_new_total 1', 'new', 'counter'],
    ['a gauge nobody knows', '# TYPE kurrentdb_new gauge\nkurrentdb_new 1', 'new', 'gauge'],
    [
      'what a histogram counts',
      '# TYPE kurrentdb_new histogram\nkurrentdb_new_count 1',
      'new_count',
      'counter',
    ],
    [
      'a gauge that only ends like one',
      '# TYPE kurrentdb_new_count gauge\nkurrentdb_new_count 1',
      'new_count',
      'gauge',
    ],
  ])('%s', (_, page, name, type) => {
    expect(read(page).map((sample) => [sample.name, sample.type])).toEqual([[name, type]]);
  });
});

describe('a line', () => {
  it.each([
    ['no number', 'kurrentdb_a NaN'],
    ['infinite', 'kurrentdb_a{x="y"} +Inf'],
    ['cut off', 'kurrentdb_a{x="y'],
    ['without a value', 'kurrentdb_a{x="y"}'],
    ['with something else among its labels', 'kurrentdb_a{x="y",what} 1'],
    ["another's", 'process_cpu_seconds_total 1'],
    ['longer than any', `kurrentdb_a{x="${'y'.repeat(2_001)}"} 1`],
  ])('that is %s is none', (_, line) => {
    expect(read(`${line}\nkurrentdb_b 2\n`).map(({ name }) => name)).toEqual(['b']);
  });

  it('has its labels in order, unescaped, also with braces and commas in them', () => {
    const [sample] = read(String.raw`kurrentdb_a{z="1",pid="7",b="{\"x\",\n}",a="\\"} -1.5e3 1700000000000`);
    expect(sample).toMatchObject({ labels: { a: '\\', b: '{"x",\n}', z: '1' }, value: -1_500 });
    expect(Object.keys(sample!.labels)).toEqual(['a', 'b', 'z']);
  });

  it('comes back whatever its labels and value are', () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-o]\w{0,8}$/), fc.string(), {
      maxKeys: 5,
      noNullPrototype: true,
    });
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(labels, value, (given, number) => {
        const quoted = Object.entries(given).map(
          ([label, text]) =>
            `${label}="${text.replace(/[\\"\n]/g, (one) => (one === '\n' ? String.raw`\n` : `\\${one}`))}"`,
        );
        const page = `kurrentdb_a{${quoted.join(',')}} ${number}\n`;
        expect(read(page)).toEqual([
          { name: 'a', labels: given, value: Number(String(number)), type: 'gauge', origin: 'eventstoredb' },
        ]);
      }),
    );
  });
});

it('never throws, and reads a hostile page in no time', () => {
  const pages = readdirSync(FIXTURES).map(fixture);
  fc.assert(
    fc.property(fc.constantFrom(...pages), fc.nat(), fc.nat(), fc.string(), (page, from, to, junk) => {
      const [start, end] = [from % (page.length + 1), to % (page.length + 1)];
      read(page.slice(0, start) + junk + page.slice(end));
    }),
    { numRuns: 50 },
  );
  const names = 'kurrentdb_a{x="'.repeat(70_000);
  const started = performance.now();
  expect(read(names)).toEqual([]);
  expect(read('kurrentdb_a{x="\\\n'.repeat(60_000))).toEqual([]);
  expect(performance.now() - started).toBeLessThan(2_000);
});
