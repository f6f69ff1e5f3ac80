import { describe, expect, it } from 'vitest';
import { forEachPoint } from '../line-protocol/index.js';
import { entryOfMetric } from './metric-lines.js';
import { MAX_POINTS, SortedLines } from './sorted-lines.js';

const NOW_MS = Date.UTC(2026, 5, 1);
const TIME_MS = 1_740_027_951_000;

function sorted(text: string, defaultCluster?: string): SortedLines {
  const lines = new SortedLines(NOW_MS, defaultCluster);
  forEachPoint(Buffer.from(text), { nowMs: NOW_MS }, (point) => lines.take(point));
  return lines;
}
const entriesOf = (text: string, cluster = 'c') => sorted(text).clusters.get(cluster)?.entries ?? [];
const bodyOf = (text: string): string => entriesOf(text)[0]?.body ?? 'there is no entry';
const samplesOf = (text: string) => (sorted(text).clusters.get('c')?.metrics ?? []).map(entryOfMetric);

describe('a log line', () => {
  const CLEF = '{"@t":"2025-02-20T05:05:51.5Z","@mt":"Slow","@l":"Warning","@i":1}';
  const quoted = CLEF.replaceAll('"', '\\"');

  it('keeps its payload to the byte, with node, level and time', () => {
    expect(entriesOf(`log,cluster=c,hostname=n1,loglevel=error log="${quoted}" 1740027951000000000`)).toEqual(
      [{ timeMs: TIME_MS, node: 'n1', level: 'error', body: CLEF }],
    );
  });

  it('has the time and level of a server’s log where its sender gave none', () => {
    expect(entriesOf(`log,cluster=c log="${quoted}"`)).toMatchObject([
      { timeMs: TIME_MS + 500, level: 'warn', node: '' },
    ]);
    expect(entriesOf(`log,cluster=c log="${quoted}" ${TIME_MS}`)).toMatchObject([
      { timeMs: TIME_MS, level: 'warn' },
    ]);
    expect(entriesOf(`log,cluster=c,loglevel=debug log="${quoted}"`)).toMatchObject([
      { timeMs: TIME_MS + 500, level: 'debug' },
    ]);
  });

  it('came now and is harmless where nobody says anything', () => {
    const absurd = quoted.replace('2025', '1925');
    for (const payload of ['text', absurd])
      expect(entriesOf(`log,cluster=c log="${payload}"`)[0]?.timeMs).toBe(NOW_MS);
    expect(entriesOf(`log,cluster=c log="text"`)[0]?.level).toBe('info');
  });

  it.each([
    ['debug', 'debug'],
    ['INFO', 'info'],
    ['Warning', 'warn'],
    ['err', 'error'],
    ['crit', 'fatal'],
    ['fatal', 'fatal'],
  ])('of level %s is %s', (text, level) =>
    expect(entriesOf(`log,cluster=c,loglevel=${text} log="x"`)[0]?.level).toBe(level),
  );

  it('is a JSON object with what else its sender says', () => {
    const own = 'cluster=c,hostname=n1,loglevel=warn';
    expect(JSON.parse(bodyOf(`ccb,${own} log="x"`))).toEqual({ log: 'x', name: 'ccb' });
    expect(JSON.parse(bodyOf(`log,${own},type=node,a=b log="x",n=5i,big=9007199254740993i`))).toEqual({
      log: 'x',
      name: 'log',
      tags: { a: 'b', type: 'node' },
      fields: { n: 5, big: '9007199254740993' },
    });
    expect(bodyOf(`ccb,${own} log="${quoted}"`)).toBe(`{"log":${CLEF},"name":"ccb"}`);
  });

  it('holds nothing that cannot be stored', () => {
    expect(bodyOf('log,cluster=c log="a\0b"')).toBe('a\ufffdb');
    expect(bodyOf('ccb,cluster=c log="a\0b"')).toBe('{"log":"a\\u0000b","name":"ccb"}');
  });
});

describe('an event', () => {
  it('is a JSON object with its payload as it came', () => {
    const line = 'job,function=stop_job,cluster=c,host=vm event="{\\"jobId\\": 1.0}" 1740027951';
    expect(entriesOf(line)).toEqual([
      {
        timeMs: TIME_MS,
        node: 'vm',
        level: 'info',
        body: '{"event":{"jobId": 1.0},"name":"job","tags":{"function":"stop_job"}}',
        about: { kind: 'event', name: 'job', type: null, typeId: null, stype: null, stypeId: null },
      },
    ]);
    expect(bodyOf('e,cluster=c event="{no JSON"')).toBe('{"event":"{no JSON","name":"e"}');
    expect(bodyOf('e,cluster=c event={"a":1}')).toBe('{"event":{"a":1},"name":"e"}');
  });

  it('says what it is about, as a log line does that is more than its text, once for all of a series', () => {
    const tags = 'cluster=c,type=core,type-id=1,stype=t,stype-id=2';
    const [one, other, log, plain] = entriesOf(
      `job,${tags} event="a"\njob,${tags} event="b"\njob,${tags} log="c"\nlog,cluster=c log="d"`,
    );
    const about = { kind: 'event', name: 'job', type: 'core', typeId: '1', stype: 't', stypeId: '2' };
    expect([one!.about, log!.about, plain!.about]).toEqual([about, { ...about, kind: 'log' }, undefined]);
    expect(other!.about).toBe(one!.about);
  });

  it('comes before a log in the same line, which is kept with it', () => {
    expect(bodyOf('e,cluster=c event="x",log="y"')).toBe('{"event":"x","name":"e","fields":{"log":"y"}}');
  });

  it('that is no text is none', () => {
    const { clusters, dropped } = sorted('e,cluster=c event=1i\ne,cluster=c event=true');
    expect([clusters.size, dropped.other]).toEqual([0, 2]);
  });
});

describe('a metric', () => {
  it('is a sample with sorted labels', () => {
    expect(samplesOf('load_x,cluster=c,hostname=n1,type=node,b=2,a=1 value=1.5 1740027951')).toEqual([
      {
        timeMs: TIME_MS,
        node: 'n1',
        level: null,
        body: '{"name":"load_x","labels":{"a":"1","b":"2","type":"node"},"value":1.5,"type":"gauge","origin":"host"}',
      },
    ]);
  });

  it('of the database is of the type and place that its list says', () => {
    expect(JSON.parse(samplesOf('kurrentdb_io_bytes_total,cluster=c value=12i')[0]!.body)).toEqual({
      name: 'io_bytes',
      labels: {},
      value: 12,
      type: 'counter',
      origin: 'eventstoredb',
    });
  });

  it('has a number as its value, also one that is very large', () => {
    const values = samplesOf('m,cluster=c value=18446744073709551615u\nm,cluster=c value=-0.0').map(
      ({ body }) => JSON.parse(body).value,
    );
    expect(values).toEqual([18_446_744_073_709_552_000, 0]);
    expect(sorted('m,cluster=c value="on"\nm,cluster=c value=t').dropped).toMatchObject({
      metric: 1,
      other: 1,
    });
  });

  it('of cores says how many a host has, where that can be', () => {
    const line = (host: string, value: string) => `host_cores,cluster=c,hostname=${host} value=${value}\n`;
    const text = line('n1', '4') + line('n2', '8i') + line('n1', '6') + line('n3', '0') + line('n3', '1.5');
    expect(sorted(`${text}host_cores,cluster=c value=4`).clusters.get('c')?.cores).toEqual(
      new Map([
        ['n1', 6],
        ['n2', 8],
      ]),
    );
  });
});

describe('control messages and what is nothing', () => {
  it.each([
    ['control', 'x,method=GET control="a"'],
    ['control', 'x,method=PUT control="a",value=1'],
    ['other', 'x,method=POST control="a"'],
    ['other', 'x query="select"'],
    ['other', 'x a=1'],
  ] as const)('are counted as %s: %s', (kind, line) => {
    const { clusters, dropped } = sorted(line);
    expect([clusters.size, dropped]).toEqual([0, { metric: 0, control: 0, other: 0, [kind]: 1 }]);
  });
});

describe('the cluster of a line', () => {
  const clusterOf = (line: string, parameter?: string) => [...sorted(line, parameter).clusters.keys()];

  it('is its tag, else the parameter, else in the payload', () => {
    const job = 'job event="{\\"cluster\\":\\"in\\"}"';
    expect(clusterOf('log,cluster=Tag-1.x log="x"', 'parameter')).toEqual(['Tag-1.x']);
    expect(clusterOf(job, 'parameter')).toEqual(['parameter']);
    expect(clusterOf(job)).toEqual(['in']);
    expect(clusterOf('m value=1', 'parameter')).toEqual(['parameter']);
  });

  it.each([
    'log log="x"',
    'm value=1',
    'job event="{\\"cluster\\":5}"',
    'job event="{\\"cluster"',
    'job event="[1]"',
  ])('must be there: %s', (line) => {
    expect(() => sorted(`\n${line}`)).toThrow('at line 2:1: the line names no cluster');
  });

  it.each([
    ['blank', '\\ '],
    ['more than 100 characters', 'x'.repeat(101)],
    ['control character', '\u0085'],
  ])('has a name that can be one: %s', (reason, name) => {
    expect(() => sorted(`log,cluster=${name} log="x"`)).toThrow(reason);
  });

  it('is one of a hundred at most', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, at) => `m,cluster=c${at} value=1\n`).join('');
    expect(sorted(lines(100)).clusters.size).toBe(100);
    expect(() => sorted(lines(101))).toThrow('at line 101:1: lines of more than 100 clusters');
  });

  it('keeps its lines in their order', () => {
    const text = Array.from({ length: 50 }, (_, at) => `log,cluster=c${at % 2} log="${at}"\n`).join('');
    const { clusters } = sorted(text);
    expect(clusters.get('c1')?.entries.map(({ body }) => Number(body))).toEqual(
      Array.from({ length: 25 }, (_, at) => 2 * at + 1),
    );
  });
});

describe('a body', () => {
  it('has no more lines than can be held at once, whatever they are', () => {
    const full = 'm,cluster=c other=1\n'.repeat(MAX_POINTS);
    expect(sorted(full).dropped.other).toBe(MAX_POINTS);
    for (const more of ['m other=1', 'log,cluster=c log="x"']) {
      expect(() => sorted(full + more)).toThrow(
        expect.objectContaining({ status: 413, detail: `The body has more than ${MAX_POINTS} lines.` }),
      );
    }
  });
});
