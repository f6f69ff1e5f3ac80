import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CLOCK, conflict, newId, notFound, type Clock } from '../../domain/index.js';
import { Audit, ProjectRemoval, type ProjectTenantRoom, type Tenant } from '../../identity/index.js';
import { LOGGER, type Logger } from '../../observability/index.js';
import {
  Database,
  HoldEndStore,
  HoldStore,
  NamedThingsStore,
  ProjectStore,
  type HoldEntity,
  type HoldType,
  type Transaction,
} from '../../persistence/index.js';
import { Intake } from '../intake.js';
import { deedOnHold, nounOf } from './hold-deeds.js';
import type { HoldTerms } from './hold-terms.js';
import { HoldSums } from './hold-sums.js';
import { requireKnownNames } from './named-things.js';

/** Far more than people can keep in mind; every claim of a delivery looks at all of them. */
const MAX_UNFINISHED = 200;
const TERMS = ['matcher', 'reason', 'fromAt', 'untilAt', 'cron', 'timeZone', 'durationMs'] as const;
const SHOWN_AS: Readonly<Record<string, string>> = {
  fromAt: 'from',
  untilAt: 'until',
  durationMs: 'duration',
};

/** The terms of a hold that begins `from` then unless they say otherwise. */
export type TermsFrom = (from: Date, now: Date) => HoldTerms;

/** Makes, changes and ends silences and maintenance windows; what they hold back is looked at again with each change. */
@Injectable()
export class Holds implements OnModuleInit, ProjectTenantRoom {
  private readonly store = new HoldStore();
  private readonly ends = new HoldEndStore();
  private readonly names = new NamedThingsStore();
  private readonly sums: HoldSums;

  constructor(
    private readonly database: Database,
    private readonly projects: ProjectStore,
    private readonly removal: ProjectRemoval,
    private readonly audit: Audit,
    private readonly intake: Intake,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.sums = new HoldSums(logger);
  }

  onModuleInit(): void {
    this.removal.register(this);
  }

  /** Throws a 409 for the two hundred and first of a project that is not over. */
  create(tenant: Tenant, type: HoldType, author: string, termsFrom: TermsFrom): Promise<string> {
    const now = this.clock.now();
    const terms = termsFrom(now, now);
    return this.database.transaction(async (tx) => {
      const { projectId } = tenant;
      if (!(await this.projects.lock(tx, projectId))) throw notFound('project');
      await requireKnownNames(tx, this.names, projectId, 'matcher', terms.matcher);
      if ((await this.store.countAlone(tx, projectId, now)) >= MAX_UNFINISHED)
        throw conflict(`This project has ${MAX_UNFINISHED} silences and maintenance windows: end one first.`);
      const made = { id: newId(now), ...tenant, type, ...terms, author, createdAt: now, updatedAt: now };
      // What ended before it was made is nobody's to sum up.
      const hold = { ...made, matcher: { ...terms.matcher }, summedUntil: now };
      await this.store.insert(tx, hold);
      await this.audit.record(tx, deedOnHold(hold, 'created'));
      return hold.id;
    });
  }

  /** Throws a 409 when it is over. What is on, and is not any more by the new terms, is summed up at once. */
  change({ projectId }: Tenant, type: HoldType, id: string, termsFrom: TermsFrom): Promise<void> {
    return this.intake.run(async (scope) => {
      const { tx } = scope;
      const stored = await this.lock(tx, projectId, type, id);
      const now = this.clock.now();
      if (isOver(stored, now)) throw conflict(`The ${nounOf(type)} is over.`);
      const terms = termsFrom(stored.fromAt, now);
      await requireKnownNames(tx, this.names, projectId, 'matcher', terms.matcher, stored.matcher);
      const changed = TERMS.filter((name) => !isDeepStrictEqual(terms[name], stored[name]));
      if (changed.length === 0) return;
      const edit = { ...terms, matcher: { ...terms.matcher }, updatedAt: now };
      await this.sums.beforeChange(scope, stored, { ...stored, ...edit }, now);
      await this.store.edit(tx, id, edit);
      await this.ends.lookAgain(tx, id, now);
      const shown = changed.map((name) => SHOWN_AS[name] ?? name);
      await this.audit.record(tx, deedOnHold({ ...stored, reason: terms.reason }, 'changed', shown));
    });
  }

  /** Ends it now; what it held back is summed up soon. Ending it again changes nothing. */
  end({ projectId }: Tenant, type: HoldType, id: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const stored = await this.lock(tx, projectId, type, id);
      const now = this.clock.now();
      if (isOver(stored, now)) return;
      await this.store.edit(tx, id, { untilAt: now, updatedAt: now });
      await this.ends.lookAgain(tx, id, now);
      await this.audit.record(tx, deedOnHold(stored, 'ended'));
    });
  }

  async endProjects(tx: Transaction, projectIds: readonly string[]): Promise<() => Promise<void>> {
    await this.ends.endAllOf(tx, projectIds, this.clock.now());
    return () => Promise.resolve();
  }

  private async lock(tx: Transaction, projectId: string, type: HoldType, id: string): Promise<HoldEntity> {
    const stored = await this.store.lock(tx, projectId, type, id);
    if (!stored) throw notFound(nounOf(type));
    return stored;
  }
}

const isOver = ({ endedAt, untilAt }: HoldEntity, now: Date): boolean =>
  endedAt !== null || (untilAt !== null && untilAt <= now);
