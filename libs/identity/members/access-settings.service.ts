import { Injectable } from '@nestjs/common';
import { notFound } from '../../domain/index.js';
import { Database, OrganizationStore, type OrganizationChange } from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { Audit } from '../audit/audit.js';
import { mustNotLockOut } from '../resources/lock-out.js';
import type { AccessSettingsBody } from './access-settings.schema.js';

const NAMES = { mfaEnabled: 'requireMfa', inviteDomain: 'restrictInviteDomain' } as const;

/** Who can get into an organization: whether a second factor is asked for, and whom one may invite. */
@Injectable()
export class AccessSettings {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
    private readonly audit: Audit,
  ) {}

  async get(organizationId: string) {
    const found = await this.organizations.find(this.database, organizationId);
    if (!found) throw notFound('organization');
    // The clients know no null here.
    return { requireMfa: found.mfaEnabled, restrictInviteDomain: found.inviteDomain ?? '' };
  }

  /** Throws a 409 for a caller who would lock themselves out by asking for a second factor. */
  change(organizationId: string, body: AccessSettingsBody, caller: AccountCaller): Promise<void> {
    const { requireMfa, restrictInviteDomain } = body.settings ?? body;
    const wanted = {
      ...(requireMfa === undefined ? {} : { mfaEnabled: requireMfa }),
      ...(restrictInviteDomain === undefined ? {} : { inviteDomain: restrictInviteDomain || null }),
    } satisfies OrganizationChange;
    mustNotLockOut(wanted, caller);
    return this.database.transaction(async (tx) => {
      const present = await this.organizations.lockMembers(tx, organizationId);
      if (!present) throw notFound('organization');
      const after = { ...present, ...wanted };
      const changed = (['mfaEnabled', 'inviteDomain'] as const).filter((key) => after[key] !== present[key]);
      if (changed.length === 0) return;
      const names = changed.map((key) => NAMES[key]);
      await this.organizations.change(tx, organizationId, wanted);
      await this.audit.record(tx, {
        service: 'access',
        action: 'settings.changed',
        organizationId,
        resource: {},
        message: `Settings of the organization were changed: ${names.join(', ')}`,
        changed: names,
      });
    });
  }
}
