import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, notFound, type Clock } from '../../domain/index.js';
import { Database, HoldStore, type HoldEntity, type HoldType } from '../../persistence/index.js';
import { pageOf, type Page } from '../../rest/index.js';
import { nounOf } from './hold-deeds.js';
import { onUntil } from './hold-of.js';
import type { HoldQuery } from './holds.schema.js';

/** A silence or window, and how many deliveries it has held back. */
export interface ReadHold {
  readonly hold: HoldEntity;
  readonly heldBack: number;
  readonly now: Date;
}

/** Silences and maintenance windows for people to read, newest first. */
@Injectable()
export class HoldReading {
  private readonly store = new HoldStore();

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(projectId: string, type: HoldType, query: HoldQuery): Promise<Page<ReadHold>> {
    const { items, next } = pageOf(await this.rows(projectId, type, query), query.limit, ({ id }) => id);
    return { items: await this.read(items), next };
  }

  async get(projectId: string, type: HoldType, id: string): Promise<ReadHold> {
    const found = await this.store.find(this.database, projectId, type, id);
    if (!found) throw notFound(nounOf(type));
    return (await this.read([found]))[0]!;
  }

  /** Whether a window is on is not for the database to say: of those that are not over there are few. */
  private async rows(projectId: string, type: HoldType, query: HoldQuery): Promise<HoldEntity[]> {
    const { active, after, limit } = query;
    if (active === undefined) return this.store.list(this.database, projectId, type, { limit, after });
    const unfinished = await this.store.list(this.database, projectId, type, { after, unfinished: true });
    const now = this.clock.now();
    return unfinished.filter((hold) => onUntil(hold, now) !== null);
  }

  private async read(holds: readonly HoldEntity[]): Promise<ReadHold[]> {
    const since = await this.store.heldSince(
      this.database,
      holds.map(({ id }) => id),
    );
    const now = this.clock.now();
    return holds.map((hold) => ({ hold, now, heldBack: hold.heldBack + (since.get(hold.id) ?? 0) }));
  }
}
