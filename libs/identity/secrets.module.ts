import { Global, Module } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/index.js';
import { openSecretBox, SecretBox } from './secret-box.js';

/** Provides the `SecretBox`, to all modules. Needs `SETTINGS_TOKEN` from a global module; without a usable key the app does not start. */
@Global()
@Module({
  providers: [{ provide: SecretBox, useFactory: openSecretBox, inject: [SETTINGS_TOKEN] }],
  exports: [SecretBox],
})
export class SecretsModule {}
