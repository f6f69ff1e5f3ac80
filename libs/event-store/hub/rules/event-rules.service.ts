import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CLOCK, conflict, newId, notFound, type Clock } from '../../../domain/index.js';
import {
  Audit,
  ProjectRemoval,
  type Deed,
  type ProjectTenantRoom,
  type Tenant,
} from '../../../identity/index.js';
import {
  Database,
  EventRuleStore,
  ProjectStore,
  type EventRuleEntity,
  type Transaction,
} from '../../../persistence/index.js';
import { pageOf, type Page, type PageQuery } from '../../../rest/index.js';
import type { EventRuleBody } from './event-rule.schema.js';
import { termsOf } from './event-rule.view.js';

const MAX_RULES = 50;
const SHOWN_AS: Readonly<Record<string, string>> = { isEnabled: 'enabled' };

/** Makes, changes and removes the rules of projects. */
@Injectable()
export class EventRules implements OnModuleInit, ProjectTenantRoom {
  constructor(
    private readonly database: Database,
    private readonly store: EventRuleStore,
    private readonly projects: ProjectStore,
    private readonly removal: ProjectRemoval,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.removal.register(this);
  }

  /** Throws a 409 for the fifty-first of a project. */
  create(tenant: Tenant, body: EventRuleBody): Promise<EventRuleEntity> {
    const { organizationId, projectId } = tenant;
    const now = this.clock.now();
    const untouched = { recent: [], heldBack: 0, heldSince: null, createdAt: now, updatedAt: now };
    const rule = { id: newId(now), organizationId, projectId, ...termsOf(body), ...untouched };
    return this.database.transaction(async (tx) => {
      if (!(await this.projects.lock(tx, projectId))) throw notFound('project');
      if ((await this.store.countAlone(tx, projectId)) >= MAX_RULES)
        throw conflict(`This project has ${MAX_RULES} event rules: remove one first.`);
      await this.store.insert(tx, rule);
      await this.audit.record(tx, deedOn(rule, 'created'));
      return rule;
    });
  }

  async list(projectId: string, query: PageQuery): Promise<Page<EventRuleEntity>> {
    return pageOf(await this.store.list(this.database, projectId, query), query.limit, ({ id }) => id);
  }

  async get(projectId: string, id: string): Promise<EventRuleEntity> {
    const rule = await this.store.find(this.database, projectId, id);
    if (!rule) throw notFound('event rule');
    return rule;
  }

  /** What it has held back stays counted. */
  replace({ projectId }: Tenant, id: string, body: EventRuleBody): Promise<EventRuleEntity> {
    return this.database.transaction(async (tx) => {
      const stored = await this.lock(tx, projectId, id);
      const terms = termsOf(body);
      const changed = Object.entries(terms).flatMap(([name, value]) =>
        isDeepStrictEqual(value, stored[name as keyof EventRuleEntity]) ? [] : [SHOWN_AS[name] ?? name],
      );
      if (changed.length === 0) return stored;
      const edit = { ...terms, updatedAt: this.clock.now() };
      await this.store.edit(tx, id, edit);
      const rule = { ...stored, ...edit };
      await this.audit.record(tx, deedOn(rule, 'changed', changed));
      return rule;
    });
  }

  remove({ projectId }: Tenant, id: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const stored = await this.lock(tx, projectId, id);
      await this.store.remove(tx, id);
      await this.audit.record(tx, deedOn(stored, 'removed'));
    });
  }

  async endProjects(tx: Transaction, projectIds: readonly string[]): Promise<() => Promise<void>> {
    await this.store.removeOf(tx, projectIds);
    return () => Promise.resolve();
  }

  private async lock(tx: Transaction, projectId: string, id: string): Promise<EventRuleEntity> {
    const stored = await this.store.lock(tx, projectId, id);
    if (!stored) throw notFound('event rule');
    return stored;
  }
}

type Named = Pick<EventRuleEntity, 'id' | 'organizationId' | 'projectId' | 'name'>;

const deedOn = (
  { id, organizationId, projectId, name }: Named,
  done: 'created' | 'changed' | 'removed',
  changed: readonly string[] = [],
): Deed => ({
  service: 'hub',
  action: `event-rule.${done}`,
  organizationId,
  projectId,
  resource: { 'event-rules': id },
  message: `Rule on events "${name}" was ${done}${changed.length > 0 ? `: ${changed.join(', ')}` : ''}`,
  changed,
});
