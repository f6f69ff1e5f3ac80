import { DRILL_FAILED, type DeliveryEntity, type IntegrationEntity } from '../../persistence/index.js';
import { stateOf } from '../delivery-rows.js';
import type { DeliveryState } from '../delivery-state.js';
import { DRIFTS_AT_MOST } from '../settle-read-back.js';
import type { DrillStep } from './drill-script.js';

/** How far a step is. `lost`: it will not be shown any more; `interrupted`: that is nobody's fault but ours. */
export type DrillVerdict =
  { readonly is: 'confirmed' | 'waiting' } | { readonly is: 'lost' | 'interrupted'; readonly why: string };

/** What the delivery of a drill tells about its newest step. Pure. */
export function judge(
  { step, seq }: DrillStep,
  delivery: DeliveryEntity | undefined,
  integration: IntegrationEntity | undefined,
): DrillVerdict {
  const broken = interruption(delivery, integration);
  if (broken !== undefined) return { is: 'interrupted', why: broken };
  const state = stateOf(delivery!);
  if (state.mirror.drifts > DRIFTS_AT_MOST)
    return { is: 'lost', why: 'What was closed there was opened again and again.' };
  if (isShown(state, seq))
    return { is: step === 'closed' && isToBeReadBack(state) ? 'waiting' : 'confirmed' };
  // That it failed an earlier drill is what this one looks into.
  if (integration!.health === 'failing' && integration!.healthCode !== DRILL_FAILED)
    return { is: 'lost', why: integration!.healthReason ?? 'The integration is failing.' };
  if (state.settledSeq < seq || state.mirror.pending) return { is: 'waiting' };
  if (state.mirror.ended) return { is: 'interrupted', why: 'Somebody ended it at the sink meanwhile.' };
  return { is: 'lost', why: `It was ${state.lastEnd ?? 'settled'} in place of being shown.` };
}

function interruption(
  delivery: DeliveryEntity | undefined,
  integration: IntegrationEntity | undefined,
): string | undefined {
  if (!delivery || !integration || integration.status === 'deleted')
    return 'The integration was deleted meanwhile.';
  if (integration.pausedAt) return 'The integration was paused meanwhile.';
  if (integration.source !== `${delivery.subjectType}s`)
    return 'The integration was turned to another source meanwhile.';
  return undefined;
}

const isShown = ({ mirror }: DeliveryState, seq: number): boolean =>
  mirror.shown !== null && mirror.shown.seq >= seq && mirror.pending === null;

/** The first look after the close has not been taken. */
const isToBeReadBack = ({ mirror }: DeliveryState): boolean => mirror.verify?.round === 1;
