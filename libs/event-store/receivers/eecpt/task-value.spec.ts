import { expect, it } from 'vitest';
import { parseLines } from '../../line-protocol/index.js';
import { taskValueOf } from './task-value.js';

const valueOf = (line: string, cluster?: string) =>
  taskValueOf(parseLines(Buffer.from(line), { nowMs: 0 })[0]!, cluster);

it.each([
  ['m,hostname=n1,jobid=12,rank=0 value=0.5', { job: '12', task: 'rank 0', value: 0.5 }],
  ['m,hostname=n1,application=app rank=3,value=1', { job: 'app', task: 'rank 3', value: 1 }],
  ['m,jobid=12,application=app rank=3i,value=1i', { job: '12', task: 'rank 3', value: 1 }],
  ['m,hostname=n1,jobid=12,pid=77,rank=0 value=1', { job: '12', task: 'pid 77 n1', value: 1 }],
  ['m,host=n2,jobid=12 pid=77i,value="2.5"', { job: '12', task: 'pid 77 n2', value: 2.5 }],
  ['m,hostname=n1,jobid=12 value=1', { job: '12', task: 'pid - n1', value: 1 }],
  ['m,jobid=12,rank=first value=1', { job: '12', task: 'pid - ', value: 1 }],
])('reads %s', (line, read) => expect(valueOf(line)).toEqual({ ...read, cluster: undefined }));

it('has the cluster of the line, or else the one that is given', () => {
  expect(valueOf('m,jobid=1 value=1', 'given')?.cluster).toBe('given');
  expect(valueOf('m,cluster=own,jobid=1 value=1', 'given')?.cluster).toBe('own');
});

it.each([
  'm,rank=0 value=1',
  'm,jobid=1 other=1',
  'm,jobid=1 value=true',
  'm,jobid=1 value="x"',
  'm,jobid=1 value=""',
  `m,jobid=${'1'.repeat(256)} value=1`,
])('says nothing of %s', (line) => expect(valueOf(line)).toBeUndefined());
