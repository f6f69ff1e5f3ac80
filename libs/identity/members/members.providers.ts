import { InviteStore, MembershipStore } from '../../persistence/index.js';
import { AccessSettingsController } from './access-settings.controller.js';
import { InviteAcceptanceController } from './invite-acceptance.controller.js';
import { InviteAcceptance } from './invite-acceptance.service.js';
import { InvitesController } from './invites.controller.js';
import { Invites } from './invites.service.js';
import { MembersController } from './members.controller.js';
import { Members } from './members.service.js';

/** Who belongs to an organization: members, invites, and the settings of whom to let in. */
export const MEMBER_CONTROLLERS = [
  MembersController,
  InvitesController,
  InviteAcceptanceController,
  AccessSettingsController,
];

/** What those controllers need, to be provided where `OrganizationStore`, `Accounts` and `Audit` are. */
export const MEMBER_PROVIDERS = [MembershipStore, InviteStore, Members, Invites, InviteAcceptance];
