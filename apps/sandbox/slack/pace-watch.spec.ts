import { describe, expect, it } from 'vitest';
import { PaceWatch } from './pace-watch.js';

describe("the stand-in's eye on the pace", () => {
  it('sees a post that follows another one to the channel within a second', () => {
    const watch = new PaceWatch();
    watch.posted('C1', 0);
    watch.posted('C2', 10);
    watch.posted('C1', 985);
    expect(watch.violations).toEqual([]);
    watch.posted('C1', 1_900);
    expect(watch.violations).toEqual([
      expect.objectContaining({
        method: 'chat.postMessage',
        of: 'C1',
        what: 'posted 915 ms after the post before',
      }),
    ]);
  });

  it('sees the fifty-first update of a minute, whenever the minute began', () => {
    const watch = new PaceWatch();
    for (let update = 0; update < 100; update += 1) watch.updated('B1', update * 1_201);
    expect(watch.violations).toEqual([]);
    for (let update = 0; update < 51; update += 1) watch.updated('B2', 500_000 + update * 1_000);
    expect(watch.violations).toEqual([
      expect.objectContaining({
        method: 'chat.update',
        of: 'B2',
        what: 'more than 50 updates within a minute',
      }),
    ]);
  });

  it('keeps no more than can be looked at, and forgets when it is told to', () => {
    const watch = new PaceWatch();
    for (let post = 0; post < 2_000; post += 1) watch.posted('C1', post);
    expect(watch.violations).toHaveLength(1_000);
    watch.clear();
    watch.posted('C1', 2_001);
    expect(watch.violations).toEqual([]);
  });
});
