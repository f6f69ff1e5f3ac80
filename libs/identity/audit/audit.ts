import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../../domain/index.js';
import { AuditStore, type Transaction } from '../../persistence/index.js';
import { currentActor } from './actor.js';

/** The APIs through which something is done. */
export type AuditService = 'access' | 'hub' | 'identity' | 'integrate' | 'resources';

/** What was done to which resource. Never holds a credential's value. */
export interface Deed {
  readonly service: AuditService;
  /** Noun and past tense: `integration.created`. */
  readonly action: `${string}.${string}`;
  /** Where the resource is; absent for what belongs to no organization. */
  readonly organizationId?: string;
  readonly projectId?: string;
  /** Type and id of the resource: `{ integrations: id }`. */
  readonly resource: Readonly<Record<string, string>>;
  /** A sentence for people, without who and when: `Integration "alerts" was created`. */
  readonly message: string;
  /** Names of the members that changed; a credential among them is named, never shown. */
  readonly changed?: readonly string[];
}

/** Writes the audit log: within the transaction of what was done, in the name of whoever acts. */
@Injectable()
export class Audit {
  private readonly store = new AuditStore();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async record(tx: Transaction, deed: Deed): Promise<void> {
    const { service, action, message, organizationId = null, projectId = null, changed = [] } = deed;
    await this.store.add(tx, {
      ...currentActor(),
      time: this.clock.now(),
      organizationId,
      projectId,
      service,
      action,
      urn: urnOf(deed),
      message,
      changed: [...changed],
    });
  }
}

/** `urn:spillway:organizations/<id>/projects/<id>/integrations/<id>` */
function urnOf({ organizationId, projectId, resource }: Deed): string {
  const parts = Object.entries({
    ...(organizationId === undefined ? {} : { organizations: organizationId }),
    ...(projectId === undefined ? {} : { projects: projectId }),
    ...resource,
  });
  return `urn:spillway:${parts.map((part) => part.join('/')).join('/')}`;
}
