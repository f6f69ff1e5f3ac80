import type { Severity } from '../../domain/index.js';
import type { Hold } from '../holds/hold.js';
import { SimulatedAlerts } from './simulated-alerts.js';
import type { Command } from './simulated-commands.js';
import { SimulatedIntegration } from './simulated-integration.js';
import { SimulatedMessages } from './simulated-messages.js';
import { INTERVAL_MS, SimulatedTime, type SimulatedSubject } from './simulated-world.js';

/** What befalls the facts and the time, and no side alone. */
type Happening = 'close' | 'lift' | 'notify' | 'open' | 'pass' | 'race' | 'silence' | 'step-clock';

/** One project with two integrations side by side, whose sinks misbehave on command: the real rules on an imagined world. */
export class DeliverySimulation {
  readonly time = new SimulatedTime();
  readonly subjects = new Map<string, SimulatedSubject>();
  readonly slack: SimulatedMessages;
  readonly opsGenie = new SimulatedAlerts(this.time);
  readonly messages: SimulatedIntegration;
  readonly alerts: SimulatedIntegration;
  private readonly issues = new Map<number, SimulatedSubject>();
  private silentUntil: Date | null = null;

  /** `stormThreshold`: so many issues may open within a minute; without it there are no storms. */
  constructor(options: { readonly maySearch: boolean; readonly stormThreshold?: number }) {
    this.slack = new SimulatedMessages(this.time, options.maySearch);
    const { time, subjects, silence, slack, opsGenie } = this;
    this.messages = new SimulatedIntegration(slack, time, subjects, silence, options.stormThreshold);
    this.alerts = new SimulatedIntegration(opsGenie, time, subjects, silence);
    slack.listOf = (id) => this.messages.storms.listOf(id);
  }

  get sides(): readonly SimulatedIntegration[] {
    return [this.messages, this.alerts];
  }

  play(command: Command): void {
    this.happen(command);
    this.work();
  }

  /** No more faults, nothing held back, and time enough for everything that waits. */
  drain(): void {
    for (const { line, crashes, arrivals } of this.sides)
      for (const scripted of [line.faults, crashes, arrivals]) scripted.length = 0;
    this.opsGenie.verdictFaults.length = 0;
    this.play({ do: 'lift' });
    for (const at of ['messages', 'alerts'] as const) {
      this.play({ do: 'filter', at, minimumSeverity: null });
      this.play({ do: 'return', at });
      this.play({ do: 'mend', at });
    }
    for (let round = 0; round < 60; round += 1) this.pass(INTERVAL_MS);
  }

  private happen(command: Command): void {
    switch (command.do) {
      case 'open':
      case 'close':
        return this.accept(command.issue, command);
      case 'notify':
        return this.notify(command.severity);
      case 'race':
        this[command.at].arrivals.push(() => this.accept(command.issue, { ...command, do: command.event }));
        return;
      case 'pass':
        return this.pass(command.ms);
      case 'step-clock':
        return this.time.step(command.ms);
      case 'silence':
        this.silentUntil = new Date(this.time.now().getTime() + command.ms);
        return;
      case 'lift':
        this.silentUntil = null;
        for (const side of this.sides) side.released('silence');
        return;
      default:
        this.upset(command);
    }
  }

  private upset(command: Exclude<Command, { do: Happening }>): void {
    switch (command.do) {
      case 'fault':
        return void this[command.at].line.faults.push(command.fault);
      case 'crash':
        return void this[command.at].crashes.push(command.crash);
      case 'verdict':
        return void this.opsGenie.verdictFaults.push(command.fault);
      case 'delete-messages':
        return this.slack.deleteAll();
      case 'end-alerts':
        return this.opsGenie.endAllByHand();
      case 'reopen-alert':
        return void this.opsGenie.reopenAfterMs.push(command.afterMs);
      case 'filter':
        this[command.at].minimumSeverity = command.minimumSeverity;
        return this[command.at].released('filter');
      case 'pause':
        this[command.at].paused = true;
        return;
      case 'mend':
        this[command.at].mended();
        return this[command.at].resume();
      case 'probe':
        return this[command.at].probe();
      case 'withdraw':
        return this[command.at].withdraw();
      case 'return':
        this[command.at].active = true;
        return;
      case 'replay':
        return this[command.at].replay(command.mode);
    }
  }

  private accept(key: number, event: { do: 'open'; severity: Severity } | { do: 'open' | 'close' }): void {
    const issue = this.issues.get(key);
    const known = issue?.shown.status === 'open' ? issue : undefined;
    if (event.do === 'close' && !known) return;
    const subject = known ?? this.add('issue', 'warning');
    this.issues.set(key, subject);
    const status = event.do === 'close' ? 'closed' : 'open';
    const severity = 'severity' in event ? event.severity : subject.shown.severity;
    subject.shown = { seq: subject.shown.seq + 1, status, severity };
    for (const side of this.sides) side.accept(subject.id, subject.shown);
  }

  private notify(severity: Severity): void {
    const subject = this.add('notification', severity);
    subject.shown = { ...subject.shown, seq: 1 };
    for (const side of this.sides) side.accept(subject.id, subject.shown);
  }

  private add(type: SimulatedSubject['type'], severity: Severity): SimulatedSubject {
    const id = `${type}-${this.subjects.size}`;
    const once = type === 'notification' ? { once: true as const } : {};
    const subject: SimulatedSubject = { id, type, shown: { seq: 0, status: 'open', severity, ...once } };
    this.subjects.set(id, subject);
    return subject;
  }

  private silence = (): Hold | null =>
    this.silentUntil && this.silentUntil > this.time.now()
      ? { by: 'silence', type: 'silence', until: this.silentUntil, reason: 'We are at work.' }
      : null;

  private pass(ms: number): void {
    const end = this.time.trueMs + ms;
    while (this.time.trueMs < end) {
      const next = Math.min(...this.sides.map((side) => side.nextMs()));
      this.time.trueMs = Math.min(end, Math.max(this.time.trueMs + 1, next));
      this.work();
    }
  }

  private work(): void {
    for (const side of this.sides) side.work();
  }
}
