import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock, type OutcomeKind } from '../domain/index.js';
import { captureOutput } from '../testing/sink-conformance.js';
import {
  CONNECTION_FAULTS,
  startConnectionRig,
  type ConnectionFault,
  type ConnectionRig,
} from '../testing/sink-rigs.js';
import { SINKS } from './catalog.js';
import type { TestReport } from './sink.js';

/** What a test that meets the fault ends as; the sinks differ only in how sure they are that nothing was done. */
const ENDS_AS: Readonly<Record<ConnectionFault, readonly OutcomeKind[]>> = {
  throttled: ['throttled'],
  unavailable: ['transient'],
  html: ['transient'],
  'html-502': ['transient'],
  redirect: ['transient'],
  drop: ['transient', 'ambiguous'],
  hang: ['transient', 'ambiguous'],
  stall: ['transient', 'ambiguous'],
};
const NEVER_ANSWERED: readonly ConnectionFault[] = ['hang', 'stall'];

describe.each(SINKS)('the connection test of $kind', (definition) => {
  let rig: ConnectionRig;
  let output: () => string;
  let deadline: AbortController;

  beforeEach(async () => {
    rig = await startConnectionRig(definition.kind);
    deadline = new AbortController();
    output = captureOutput();
  });
  afterEach(async () => {
    await rig.stop();
    expect(output(), 'a sink writes nothing to the output').toBe('');
    vi.restoreAllMocks();
  });

  const test = (): Promise<TestReport> =>
    definition
      .connect(rig.config, rig.secrets, {
        apiUrl: rig.settings[definition.apiUrlSetting],
        clock: systemClock,
      })
      .test({ signal: deadline.signal });

  const expectFindings = (report: TestReport): void => {
    const text = JSON.stringify(report);
    for (const secret of Object.values(rig.secrets)) expect(text).not.toContain(secret);
    expect(report.findings.length).toBeGreaterThan(0);
    for (const finding of report.findings) expect(finding).toMatch(/^[A-Z].{15,}\.$/);
  };
  const expectFailure = (report: TestReport, kinds: readonly OutcomeKind[]): void => {
    expectFindings(report);
    expect(report.ok).toBe(false);
    expect(kinds).toContain(report.outcome?.kind);
  };

  it('passes with credentials and a destination that the vendor knows', async () => {
    rig.accept();
    const report = await test();
    expectFindings(report);
    expect(report).toEqual({ ok: true, findings: report.findings });
    const credential = Object.values(rig.secrets)[0];
    expect(new Set(rig.credentials)).toEqual(new Set([credential]));
  });

  it('fails with credentials that the vendor does not know', async () => {
    expectFailure(await test(), ['unauthorized']);
  });

  it.each(CONNECTION_FAULTS)('says what to do when the vendor is in trouble: %s', async (fault) => {
    rig.accept();
    rig.fail(fault);
    const testing = test();
    if (NEVER_ANSWERED.includes(fault)) {
      await rig.whenRequested(1);
      deadline.abort();
    }
    expectFailure(await testing, ENDS_AS[fault]);
    expect(rig.credentials, 'it is tried once').toHaveLength(1);
  });

  it('fails when nobody listens, and when the deadline is over before', async () => {
    deadline.abort();
    expectFailure(await test(), ['transient']);
    expect(rig.credentials).toEqual([]);
    deadline = new AbortController();
    await rig.stop();
    expectFailure(await test(), ['transient']);
  });
});
