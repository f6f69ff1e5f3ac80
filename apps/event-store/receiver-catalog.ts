import type { ReceiverCatalog } from '../../libs/event-store/configuration/index.js';
import { createProcessor, type ProcessingFailure } from '../../libs/event-store/processing/index.js';
import { findReceiverKind, RECEIVER_KINDS } from '../../libs/event-store/receivers/index.js';
import type { Logger } from '../../libs/observability/logging/index.js';

/** A condition that fails does so with every message: it is told once in so long. */
const TOLD_EVERY_MS = 60_000;

/** What configurations may name: all kinds of receivers that there are. Conditions that fail with a message are logged. */
export function receiverCatalog(logger: Logger): ReceiverCatalog {
  return {
    types: RECEIVER_KINDS.map(({ type }) => type),
    findKind: findReceiverKind,
    createProcessor: (raw, path) => createProcessor(raw, path, { onError: tellSeldom(logger) }),
  };
}

function tellSeldom(logger: Logger): (failure: ProcessingFailure) => void {
  const toldAt = new Map<string, number>();
  return ({ path, reason }) => {
    const now = performance.now();
    const key = `${path} ${reason}`;
    if (now - (toldAt.get(key) ?? -Infinity) < TOLD_EVERY_MS) return;
    toldAt.set(key, now);
    logger.warn({ event: 'condition.failed', path, reason, effect: 'counted as false' });
  };
}
