import { expect, it } from 'vitest';
import type { StreamBatch, StreamIntake } from '../../delivery/index.js';
import { systemClock } from '../../domain/index.js';
import type { EventNotifier } from '../hub/rules/event-notifier.service.js';
import { ProjectStats } from '../hub/query/project-stats.js';
import type { ClusterLines } from './cluster-lines.js';
import { LinesService } from './lines.service.js';

it('keeps nothing of events but what is to be stored, while that waits', async () => {
  const looked: number[] = [];
  let clusters: ReadonlyMap<string, ClusterLines> | undefined;
  const lookAt: EventNotifier['lookAt'] = (_projectId, lines) => {
    clusters = lines as ReadonlyMap<string, ClusterLines>;
    looked.push(clusters.get('alpha')!.events.length);
    return Promise.resolve(undefined);
  };
  const append = ([batch]: readonly StreamBatch[]): Promise<void> => {
    looked.push(clusters!.get('alpha')!.events.length, batch!.entries.length);
    return Promise.resolve();
  };
  const unused = undefined as never;
  const service = new LinesService(
    { append } as unknown as StreamIntake,
    unused,
    unused,
    unused,
    unused,
    unused,
    { lookAt } as unknown as EventNotifier,
    new ProjectStats(),
    systemClock,
  );
  await service.write('project', Buffer.from('job event="one"\njob event="two"'), 'alpha');
  expect(looked).toEqual([2, 0, 2]);
});
