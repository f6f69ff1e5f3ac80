import { InviteStore, MembershipStore } from '../../persistence/index.js';
import { AuditController } from '../audit/audit.controller.js';
import { UnsupportedController } from '../unsupported.controller.js';
import { AccessSettingsController } from './access-settings.controller.js';
import { AccessSettings } from './access-settings.service.js';
import { InviteAcceptanceController } from './invite-acceptance.controller.js';
import { InviteAcceptance } from './invite-acceptance.service.js';
import { InvitesController } from './invites.controller.js';
import { Invites } from './invites.service.js';
import { MembersController } from './members.controller.js';
import { Members } from './members.service.js';

/** The controllers of what organizations have beside projects: members, invites, settings and their audit log. */
export const TENANT_CONTROLLERS = [
  MembersController,
  InvitesController,
  InviteAcceptanceController,
  AccessSettingsController,
  AuditController,
  UnsupportedController,
];

/** What those controllers need, to be provided where `OrganizationStore`, `Accounts` and `Audit` are. */
export const TENANT_PROVIDERS = [
  MembershipStore,
  InviteStore,
  Members,
  Invites,
  InviteAcceptance,
  AccessSettings,
];
