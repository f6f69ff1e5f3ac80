import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { CLOCK, type Clock } from '../domain/index.js';
import { Database, OrganizationStore, ProjectStore } from '../persistence/index.js';
import { ACCOUNT_CONTROLLERS, ACCOUNT_PROVIDERS } from './accounts/accounts.providers.js';
import { AccessGuard } from './access/access.guard.js';
import { Authenticator } from './access/authenticator.js';
import { EarlyRefusal } from './access/early-refusal.js';
import { Readmission } from './access/readmission.js';
import { RouteRules } from './access/route-rules.js';
import { AccessTokens } from './access-tokens.js';
import { ActorInterceptor } from './audit/actor.interceptor.js';
import { AuditController } from './audit/audit.controller.js';
import { Audit } from './audit/audit.js';
import { Bootstrap } from './bootstrap.js';
import { KeyRing } from './keys/key-ring.js';
import { KeysModule } from './keys/keys.module.js';
import { MEMBER_CONTROLLERS, MEMBER_PROVIDERS } from './members/members.providers.js';
import { ExternalAccounts } from './oidc/external-accounts.js';
import { ProjectRemoval } from './project-removal.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { OrganizationsController } from './resources/organizations.controller.js';
import { ProjectsController } from './resources/projects.controller.js';
import { Resources } from './resources/resources.service.js';
import { SecretsModule } from './secrets.module.js';
import { TOKEN_CONTROLLERS, TOKEN_PROVIDERS } from './tokens/tokens.providers.js';
import { TokenController } from './token.controller.js';
import { UnsupportedController } from './unsupported.controller.js';

/**
 * Tokens, guards, organizations and projects. Importing it closes every route of the app that is not `@Public()`.
 * Needs `SETTINGS_TOKEN`, `CLOCK`, `LOGGER` and `Database` from a global module.
 */
@Module({
  imports: [SecretsModule, KeysModule],
  controllers: [
    TokenController,
    ...ACCOUNT_CONTROLLERS,
    ...TOKEN_CONTROLLERS,
    OrganizationsController,
    ProjectsController,
    ...MEMBER_CONTROLLERS,
    AuditController,
    UnsupportedController,
  ],
  providers: [
    OrganizationStore,
    ProjectStore,
    ...MEMBER_PROVIDERS,
    ProjectRemoval,
    Bootstrap,
    Resources,
    {
      provide: AccessTokens,
      useFactory: (ring: KeyRing) => new AccessTokens(ring),
      inject: [KeyRing],
    },
    {
      provide: RefreshTokens,
      useFactory: (database: Database, clock: Clock) => new RefreshTokens(database, clock),
      inject: [Database, CLOCK],
    },
    ...ACCOUNT_PROVIDERS,
    ...TOKEN_PROVIDERS,
    Audit,
    Authenticator,
    ExternalAccounts,
    EarlyRefusal,
    Readmission,
    RouteRules,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: ActorInterceptor },
  ],
  exports: [Audit, Bootstrap, ProjectRemoval, ProjectStore, Readmission, RouteRules, SecretsModule],
})
export class IdentityModule {}
