import { describe, expect, it } from 'vitest';
import { DeliveryEntity, IntegrationEntity } from '../../persistence/index.js';
import { EMPTY_MIRROR, type Mirror } from '../delivery-state.js';
import { DRIFTS_AT_MOST } from '../settle-read-back.js';
import type { DrillStep, StepName } from './drill-script.js';
import { judge } from './drill-verdict.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const STEP: Omit<DrillStep, 'step'> = {
  seq: 3,
  acceptedAt: NOW.toISOString(),
  confirmedAt: null,
  latencyMs: null,
  attempts: 0,
  httpStatus: null,
};
const SHOWN = { seq: 3, status: 'closed', severity: 'warning' } as const;

function verdict(
  mirror: Partial<Mirror>,
  delivery: Partial<DeliveryEntity> = {},
  integration: Partial<IntegrationEntity> = {},
  step: StepName = 'closed',
) {
  const row = Object.assign(new DeliveryEntity(), {
    subjectType: 'issue',
    settledSeq: 2,
    acceptedSeq: 3,
    heldBy: null,
    call: null,
    lastEnd: null,
    mirror: { ...EMPTY_MIRROR, ...mirror },
    ...delivery,
  });
  const owner = Object.assign(new IntegrationEntity(), {
    status: 'active',
    source: 'issues',
    health: 'healthy',
    healthReason: null,
    pausedAt: null,
    ...integration,
  });
  return judge({ ...STEP, step }, row, owner);
}

describe('the verdict on a step of a drill', () => {
  it('is that it waits, while the sink has not confirmed its event', () => {
    expect(verdict({}).is).toBe('waiting');
    expect(verdict({ shown: { ...SHOWN, seq: 2 } }).is).toBe('waiting');
    const pending = { receipt: {}, action: 'close', shows: SHOWN, since: NOW, asks: 1 } as const;
    expect(verdict({ pending }).is).toBe('waiting');
    expect(verdict({ pending, shown: { ...SHOWN, seq: 2 } }, { settledSeq: 3 }).is).toBe('waiting');
  });

  it('is that it is confirmed, once what is shown covers it', () => {
    expect(verdict({ shown: SHOWN }, { settledSeq: 3 }).is).toBe('confirmed');
    expect(verdict({ shown: { ...SHOWN, seq: 4 } }, { settledSeq: 4 }).is).toBe('confirmed');
  });

  it('of a close that is read back waits for the first look, and not for the second', () => {
    const looked = (round: 1 | 2) => verdict({ shown: SHOWN, verify: { at: NOW, round } }, { settledSeq: 3 });
    expect([looked(1).is, looked(2).is]).toEqual(['waiting', 'confirmed']);
  });

  it('waits while what was found open again is closed again, and gives up with that', () => {
    expect(verdict({ shown: { ...SHOWN, seq: 0, status: 'open' }, drifts: 1 }).is).toBe('waiting');
    expect(verdict({ shown: SHOWN, drifts: DRIFTS_AT_MOST + 1 }, { settledSeq: 3 })).toEqual({
      is: 'lost',
      why: 'What was closed there was opened again and again.',
    });
  });

  it('is that it is lost, when its event found another end', () => {
    expect(verdict({}, { settledSeq: 3, lastEnd: 'rejected' })).toEqual({
      is: 'lost',
      why: 'It was rejected in place of being shown.',
    });
  });

  it('does not ask whether an earlier drill failed', () => {
    expect(verdict({}, {}, { health: 'failing', healthCode: 'drill-failed' }).is).toBe('waiting');
  });

  it('is that it is lost, when the integration turned failing', () => {
    const failing = { health: 'failing', healthReason: 'The token was revoked.' } as const;
    expect(verdict({}, {}, failing)).toEqual({ is: 'lost', why: 'The token was revoked.' });
    expect(verdict({ shown: SHOWN }, { settledSeq: 3 }, failing).is).toBe('confirmed');
  });

  it('is that it was interrupted, when a person ended it at the sink or took the integration away', () => {
    const ended = { ...SHOWN, status: 'open' } as const;
    expect(verdict({ ended }, { settledSeq: 3, lastEnd: 'suppressed' }).is).toBe('interrupted');
    for (const change of [{ pausedAt: NOW }, { status: 'deleted' }, { source: 'notifications' }] as const)
      expect(verdict({ shown: SHOWN }, {}, change).is).toBe('interrupted');
    expect(judge({ ...STEP, step: 'opened' }, undefined, undefined).is).toBe('interrupted');
  });
});
