import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';

/** CloudWatch's stand-in in a process of its own; keeps counts and no events. Tells its address, ends with its parent. */
const standIn = new CloudWatchStandIn();
standIn.logs.keepEvents = false;
await standIn.start();
process.on('message', (message: string) => {
  if (message === 'count') {
    process.send!({ count: standIn.logs.streams().reduce((sum, { count }) => sum + count, 0) });
    // Nobody looks at single calls here.
    standIn.calls.length = 0;
  }
});
process.on('disconnect', () => process.exit(0));
process.send!({ url: standIn.url });
