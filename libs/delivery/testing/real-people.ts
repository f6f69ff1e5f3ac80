import { newId } from '../../domain/index.js';
import { HoldEndStore } from '../../persistence/index.js';
import type { Replays } from '../replay/replay.js';
import { replayBody } from '../replay/replay.schema.js';
import type { DeliveryHarness } from './delivery-harness.js';

export type Side = 'slack' | 'opsGenie';
export type PeoplesStep = { do: 'silence' | 'lift' } | { do: 'filter' | 'unfilter' | 'replay'; at: Side };

/** What people do to a project of the real store: they hold back, let go, and ask for things once more. */
export class RealPeople {
  private readonly holds = new HoldEndStore();
  private silenceId: string | undefined;

  constructor(
    private readonly harness: DeliveryHarness,
    private readonly replays: Replays,
    private readonly ids: Readonly<Record<Side, string>>,
  ) {}

  async act(step: PeoplesStep): Promise<unknown> {
    const { database, projectId, clock } = this.harness;
    const now = clock.now();
    switch (step.do) {
      case 'silence':
        this.silenceId ??= newId(now);
        return database.query(
          `INSERT INTO holds (id, organization_id, project_id, type, reason, matcher, from_at, until_at, author, created_at,
                              updated_at)
           VALUES ($1, 'o', $2, 'silence', 'We are at work.', '{}', $3, $4, 'anna', $3, $3) ON CONFLICT DO NOTHING`,
          [this.silenceId, projectId, now, new Date(now.getTime() + 900_000)],
        );
      case 'lift':
        return database.transaction(async (tx) => {
          await tx.query('UPDATE holds SET ended_at = $1 WHERE ended_at IS NULL', [now]);
          if (this.silenceId) await this.holds.lookAgain(tx, this.silenceId, now);
          this.silenceId = undefined;
        });
      case 'filter':
      case 'unfilter':
        return database.transaction(async (tx) => {
          const filter = step.do === 'filter' ? { minimumSeverity: 'critical' } : {};
          await tx.query(
            `UPDATE integrations SET settings = settings || jsonb_build_object('filter', $2::jsonb) WHERE id = $1`,
            [this.ids[step.at], JSON.stringify(filter)],
          );
          await this.holds.lookAgainAtFiltered(tx, this.ids[step.at], now);
        });
      case 'replay': {
        const body = replayBody.parse({ since: '2020-01-01T00:00:00Z' });
        return this.replays.run({ organizationId: 'o', projectId }, this.ids[step.at], body);
      }
    }
  }
}
