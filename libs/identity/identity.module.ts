import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { Database, OrganizationStore, ProjectStore } from '../persistence/index.js';
import { AccessGuard } from './access/access.guard.js';
import { Authenticator } from './access/authenticator.js';
import { RouteRules } from './access/route-rules.js';
import { AccessTokens } from './access-tokens.js';
import { ActorInterceptor } from './audit/actor.interceptor.js';
import { Audit } from './audit/audit.js';
import { Bootstrap } from './bootstrap.js';
import { ProjectRemoval } from './project-removal.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { OrganizationsController } from './resources/organizations.controller.js';
import { ProjectsController } from './resources/projects.controller.js';
import { Resources } from './resources/resources.service.js';
import { SecretsModule } from './secrets.module.js';
import { SigningKey } from './signing-key.js';
import { TokenController } from './token.controller.js';

/**
 * Tokens, guards, organizations and projects. Importing it closes every route of the app that is not `@Public()`.
 * Needs `SETTINGS_TOKEN`, `CLOCK` and `Database` from a global module.
 */
@Module({
  imports: [SecretsModule],
  controllers: [TokenController, OrganizationsController, ProjectsController],
  providers: [
    OrganizationStore,
    ProjectStore,
    ProjectRemoval,
    Bootstrap,
    Resources,
    {
      provide: SigningKey,
      useFactory: (settings: Settings) => SigningKey.load(settings.SPILLWAY_DATA_DIR),
      inject: [SETTINGS_TOKEN],
    },
    {
      provide: AccessTokens,
      useFactory: (key: SigningKey, clock: Clock) => new AccessTokens(key, clock),
      inject: [SigningKey, CLOCK],
    },
    {
      provide: RefreshTokens,
      useFactory: (database: Database, clock: Clock) => new RefreshTokens(database, clock),
      inject: [Database, CLOCK],
    },
    Audit,
    Authenticator,
    RouteRules,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: ActorInterceptor },
  ],
  exports: [Audit, Bootstrap, ProjectRemoval, ProjectStore, RouteRules, SecretsModule],
})
export class IdentityModule {}
