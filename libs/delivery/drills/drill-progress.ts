import type { Logger } from '../../observability/index.js';
import {
  DRILL_FAILED,
  type DeliveryEntity,
  type DrillEntity,
  type IntegrationEntity,
  type IntegrationHealthStore,
} from '../../persistence/index.js';
import type { IntakeScope } from '../intake.js';
import { probeDelayMs } from '../backoff.js';
import type { IntegrationHealth } from '../integration-health.js';
import { oneByOne } from '../one-by-one.js';
import { drillReport, stepAfter, stepsOf, type DrillStep } from './drill-script.js';
import { judge } from './drill-verdict.js';
import { UNCONFIRMED, UTMOST_PATIENCE_MS, type DrillsParts } from './drills.js';

/** A drill whose sink does not ask to be left alone ends within this. */
const PATIENCE_MS = 2 * 60_000;

type Shared = Pick<DrillsParts, 'database' | 'intake' | 'store' | 'probes' | 'clock'>;
export interface DrillProgressParts extends Shared {
  readonly integrations: IntegrationHealthStore;
  readonly health: IntegrationHealth;
  readonly logger: Logger;
}

/** One drill as it is at this moment, locked. */
interface Scene {
  readonly scope: IntakeScope;
  readonly drill: DrillEntity;
  readonly step: DrillStep;
  readonly delivery: DeliveryEntity | undefined;
  readonly integration: IntegrationEntity | undefined;
}

/** Brings running drills on: each step follows when the sink has confirmed the one before. A chore. */
export class DrillProgress {
  constructor(private readonly parts: DrillProgressParts) {}

  async run(): Promise<void> {
    const { database, store, logger } = this.parts;
    const log = { logger, event: 'drill.not.advanced', name: (drillId: string) => ({ drillId }) };
    return oneByOne(await store.running(database), (id) => this.bringOn(id), log);
  }

  private async bringOn(id: string): Promise<void> {
    const mended = await this.parts.intake.run((scope) => this.advance(scope, id));
    if (mended) await this.parts.health.letGo(mended);
  }

  /** Resolves with the id of the integration that it mended. */
  private async advance(scope: IntakeScope, id: string): Promise<string | undefined> {
    const { store, integrations } = this.parts;
    const drill = await store.lock(scope.tx, id);
    const step = drill && stepsOf(drill).at(-1);
    if (!step) return undefined;
    const integration = await integrations.load(scope.tx, drill.integrationId);
    const delivery = await store.deliveryOf(scope.tx, drill.integrationId, drill.issueId);
    const scene = { scope, drill, step, delivery, integration };
    const verdict = judge(step, delivery, integration);
    if (verdict.is === 'confirmed') return this.confirmed(scene);
    if (verdict.is === 'interrupted') await this.failed(scene, verdict.why);
    else if (verdict.is === 'lost') await this.lost(scene, `The step "${step.step}" failed.`, verdict.why);
    else if (await this.isOverdue(scene)) {
      const minutes = Math.round(this.ageMs(drill) / 60_000);
      const words = `The step "${step.step}" was not confirmed ${minutes} minutes after the drill had begun.`;
      await this.lost(scene, words, 'No answer says why.');
    }
    return undefined;
  }

  private async confirmed(scene: Scene): Promise<string | undefined> {
    const { scope, drill, step, delivery } = scene;
    const { store, clock, logger } = this.parts;
    const now = clock.now();
    const { confirmedAt, ...rest } = await store.evidence(scope.tx, delivery!.id, step.seq);
    const at = confirmedAt ?? now;
    const latencyMs = Math.max(0, at.getTime() - new Date(step.acceptedAt).getTime());
    const ended: DrillStep = { ...step, ...rest, confirmedAt: at.toISOString(), latencyMs };
    const steps = [...stepsOf(drill).slice(0, -1), ended];
    const next = stepAfter(step.step);
    if (!next) {
      await store.save(scope.tx, { ...drill, steps: stored(steps), status: 'passed', finishedAt: now });
      logger.info({ event: 'drill.passed', drillId: drill.id, integrationId: drill.integrationId });
      return this.mend(scene);
    }
    const report = drillReport(drill.id, drill.integrationId, next, now);
    const { seq = step.seq + 1 } = await scope.acceptIssue(drill.projectId, report);
    const begun = { step: next, seq, acceptedAt: now.toISOString(), ...UNCONFIRMED };
    await store.save(scope.tx, { ...drill, steps: stored([...steps, begun]) });
    return undefined;
  }

  /** What an earlier drill found wrong is not wrong any more. */
  private async mend({ scope, integration }: Scene): Promise<string | undefined> {
    const { id, healthCode, failedCode } = integration!;
    if (healthCode !== DRILL_FAILED && failedCode !== DRILL_FAILED) return undefined;
    await this.parts.health.turns.heal(scope, id);
    return id;
  }

  /** The integration could not do it: it fails with the drill, unless it fails for a reason of its own. */
  private async lost(scene: Scene, what: string, why: string): Promise<void> {
    const { scope, integration, delivery } = scene;
    const { reason } = await this.parts.store.troubles(scope.tx, delivery!.id);
    const words = `${what} ${reason ?? why}`;
    const { id, health, healthCode, updatedAt } = integration!;
    if (health !== 'failing' || healthCode === DRILL_FAILED) {
      const note = { code: DRILL_FAILED, reason: `The fire drill failed. ${words}` };
      await this.parts.health.turns.fail(scope, id, updatedAt, note);
    }
    await this.failed(scene, words);
  }

  private async failed({ scope, drill, step, delivery }: Scene, reason: string): Promise<void> {
    const { store, probes, clock, logger } = this.parts;
    const now = clock.now();
    const probeAt = new Date(now.getTime() + probeDelayMs(1));
    if (delivery) await probes.endProbeWith(scope.tx, drill.integrationId, delivery.id, probeAt);
    if (step.step === 'opened' || step.step === 'updated')
      await scope.acceptIssue(drill.projectId, drillReport(drill.id, drill.integrationId, 'closed', now));
    await store.save(scope.tx, { ...drill, status: 'failed', reason, finishedAt: now });
    logger.warn({ event: 'drill.failed', drillId: drill.id, integrationId: drill.integrationId, reason });
  }

  private async isOverdue({ scope, drill, delivery, integration }: Scene): Promise<boolean> {
    const ageMs = this.ageMs(drill);
    if (ageMs < PATIENCE_MS) return false;
    if (ageMs >= UTMOST_PATIENCE_MS) return true;
    const { throttledUntil, health } = integration!;
    if (health !== 'degraded' && throttledUntil && throttledUntil > drill.startedAt) return false;
    // It stands in the line of what this hub sends there no faster than the sink allows.
    const { slotAt, dueAt } = delivery!;
    if (slotAt && dueAt && dueAt > this.parts.clock.now()) return false;
    return !(await this.parts.store.troubles(scope.tx, delivery!.id)).wasThrottled;
  }

  private ageMs({ startedAt }: DrillEntity): number {
    return this.parts.clock.now().getTime() - startedAt.getTime();
  }
}

const stored = (steps: readonly DrillStep[]): Record<string, unknown>[] => steps.map((step) => ({ ...step }));
