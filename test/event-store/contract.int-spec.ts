import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNatsServer, startNats, type TestNats } from '../../libs/testing/index.js';
import { SENDER_SAMPLES } from './senders.js';
import { openLine, TRANSPORTS, type Line } from './sender.js';
import { BACKENDS, type Datum } from './stage.js';

const WHOLE_PAST = { retention_time: '175200h' };
const WAYS = BACKENDS.flatMap((backend) => TRANSPORTS.map((transport) => ({ backend, transport })));

/** The same for every way that lines can take: what is asked for is what was sent. */
describe.each(WAYS)('an event store on $backend, lines by $transport', ({ backend, transport }) => {
  describe.skipIf(transport === 'nats' && !hasNatsServer())('as its senders know it', () => {
    let nats: TestNats | undefined;
    let line: Line;

    beforeAll(async () => {
      nats = transport === 'nats' ? await startNats() : undefined;
      line = await openLine(transport, { backend, storage: WHOLE_PAST }, nats);
    });
    afterAll(async () => {
      await (line as Line | undefined)?.close();
      await nats?.stop();
    });

    it.each(SENDER_SAMPLES)('stores what $sender sends', async ({ bytes, found }) => {
      const kind = 'Log' in found ? 'log' : 'event';
      const before = await line.stage.find({ kind });
      await line.send(bytes);
      const after = await line.stage.find({ kind });
      expect(after).toHaveLength(before.length + 1);
      const text = ({ Event, Log }: Datum): unknown => Event ?? Log;
      expect(after.find((datum) => text(datum) === (found['Event'] ?? found['Log']))).toMatchObject(found);
    });

    it('stores all lines of a body, in the order of their times and then of the body', async () => {
      const lines = Array.from({ length: 500 }, (_, index) => {
        const time = 1_795_000_000 + (index % 7);
        return { text: `many,cluster=many event="${index}" ${time}`, time, index };
      });
      await line.send(lines.map(({ text }) => text).join('\r\n'), lines.length);
      const expected = lines.toSorted((one, other) => one.time - other.time || one.index - other.index);
      const found = await line.stage.find({}, 'many');
      expect(found.map(({ Event, timestamp }) => ({ Event, timestamp }))).toEqual(
        expected.map(({ index, time }) => ({ Event: String(index), timestamp: time })),
      );
    });

    it('D9, D10, D11: takes any name of a cluster as what it is', async () => {
      const names = [
        'my-cluster',
        '1st',
        'select',
        "o'neil",
        'x"; drop table event_store_events; --',
        '语言',
      ];
      for (const name of names) {
        const tag = name.replaceAll(/[,= ]/g, '\\$&');
        await line.send(`job,cluster=${tag},hostname=${tag} event="${names.indexOf(name)}"\n`);
      }
      for (const name of names) {
        expect(await line.stage.find({ host: name }, name)).toMatchObject([
          { Event: String(names.indexOf(name)), hostname: name },
        ]);
      }
    });

    it('D12: takes lines of a cluster that it knows and of a new one at once, and loses neither', async () => {
      await line.send('job,cluster=known event="1"\n');
      await line.send('job,cluster=known event="2"\njob,cluster=unheard-of event="3"\n', 2);
      expect(await line.stage.find({}, 'known')).toHaveLength(2);
      expect(await line.stage.find({}, 'unheard-of')).toHaveLength(1);
    });

    it('D1: loses none of 63 lines that are sent one by one', async () => {
      for (let index = 0; index < 63; index += 1) await line.send(`one,cluster=ones event="${index}"\n`);
      expect(await line.stage.find({}, 'ones')).toHaveLength(63);
    });
  });
});
