import { Places } from '../../domain/index.js';

/** Of one integration so many are in place or wait at the most: who comes after them has to come again. */
export const CROWD = 64;

interface Crowd {
  readonly places: Places;
  size: number;
}

/**
 * Shares places out among integrations, so that those that hang keep none of the others from theirs: no integration has
 * more than half of them, and no more have all together whose last turn failed.
 */
export class Shares {
  private readonly places: Places;
  private readonly ofFailing: Places;
  private readonly half: number;
  private readonly crowds = new Map<string, Crowd>();
  private readonly failing = new Set<string>();

  constructor(places: number) {
    this.half = Math.max(1, Math.floor(places / 2));
    this.places = new Places(places);
    this.ofFailing = new Places(this.half);
  }

  /** Nobody more of it may come. */
  isCrowded(integrationId: string): boolean {
    return this.sizeOf(integrationId) >= CROWD;
  }

  /** So many of it are there that whoever has had a turn should make room for those who have not. */
  isBusy(integrationId: string): boolean {
    return this.sizeOf(integrationId) >= CROWD / 2;
  }

  /** Says how its last turn went. */
  note(integrationId: string, hasFailed: boolean): void {
    if (hasFailed) this.failing.add(integrationId);
    else this.failing.delete(integrationId);
  }

  /** Runs when there is a place for it. */
  async run<Result>(integrationId: string, work: () => Promise<Result>): Promise<Result> {
    const crowd = this.crowds.get(integrationId) ?? { places: new Places(this.half), size: 0 };
    this.crowds.set(integrationId, crowd);
    crowd.size += 1;
    try {
      // First its own, so that nobody waits for one who waits.
      return await within(crowd.places, () =>
        this.failing.has(integrationId)
          ? within(this.ofFailing, () => within(this.places, work))
          : within(this.places, work),
      );
    } finally {
      crowd.size -= 1;
      if (crowd.size === 0) this.crowds.delete(integrationId);
    }
  }

  private sizeOf(integrationId: string): number {
    return this.crowds.get(integrationId)?.size ?? 0;
  }
}

async function within<Result>(places: Places, work: () => Promise<Result>): Promise<Result> {
  await places.take();
  try {
    return await work();
  } finally {
    places.giveBack();
  }
}
