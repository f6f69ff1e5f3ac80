import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { Database, OrganizationStore, ProjectStore } from '../persistence/index.js';
import { AccessTokens } from './access-tokens.js';
import { BearerGuard } from './bearer.guard.js';
import { Bootstrap } from './bootstrap.js';
import { ProjectRemoval } from './project-removal.js';
import { RefreshTokens } from './refresh-tokens.js';
import { OrganizationsController } from './resources/organizations.controller.js';
import { ProjectsController } from './resources/projects.controller.js';
import { Resources } from './resources/resources.service.js';
import { SecretsModule } from './secrets.module.js';
import { SigningKey } from './signing-key.js';
import { TenantGuard } from './tenant.guard.js';
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
    // In this order: who calls is known before what exists is told.
    { provide: APP_GUARD, useClass: BearerGuard },
    { provide: APP_GUARD, useClass: TenantGuard },
  ],
  exports: [Bootstrap, ProjectRemoval, ProjectStore, SecretsModule, AccessTokens],
})
export class IdentityModule {}
