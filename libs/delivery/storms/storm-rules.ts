import type { ClaimRow, DeliveryEntity, IntegrationEntity, Raging } from '../../persistence/index.js';
import { traitsOf } from '../../sinks/index.js';
import { isProbed } from '../integration-view.js';

/** Least time between two plain updates of a summary. */
export const STORM_INTERVAL_MS = 5_000;
/** Issues of one minute that are no storm yet, where the integration's settings say nothing. */
const DEFAULT_THRESHOLD = 20;

/** Whether a storm may take it in, if one rages. A probe has to show whether the way of single messages works. */
export function mayTakeIn({
  delivery,
  integration,
  issue,
}: Pick<ClaimRow, 'delivery' | 'integration' | 'issue'>): boolean {
  if (!integration || !issue || issue.drillOf || issue.severity === 'critical') return false;
  return traitsOf(delivery.sink).summarisesStorms && !isProbed(integration, delivery);
}

/** Whether a storm takes in what opens at the integration now. */
export const isOn = ({ stormId, stormUntil }: Raging, now: Date): boolean =>
  stormId !== null && stormUntil !== null && stormUntil > now;

/** Whether it is known already that a storm takes it in: one has, or one rages where storms are wanted. */
export const isTakenIn = (
  { stormId }: Pick<DeliveryEntity, 'stormId'>,
  integration: IntegrationEntity,
  now: Date,
): boolean => stormId !== null || (thresholdOf(integration) > 0 && isOn(integration, now));

export function thresholdOf({ settings }: IntegrationEntity): number {
  const threshold = settings['stormThreshold'];
  return typeof threshold === 'number' ? threshold : DEFAULT_THRESHOLD;
}
