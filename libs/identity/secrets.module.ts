import { Global, Module } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/index.js';
import { LOGGER } from '../observability/index.js';
import { SecretBox } from './secret-box.js';
import { openSecretBox } from './secret-keys.js';

/**
 * Provides the `SecretBox`, to all modules. Needs `SETTINGS_TOKEN` and `LOGGER` from a global module; without a usable key the
 * app does not start.
 */
@Global()
@Module({
  providers: [{ provide: SecretBox, useFactory: openSecretBox, inject: [SETTINGS_TOKEN, LOGGER] }],
  exports: [SecretBox],
})
export class SecretsModule {}
