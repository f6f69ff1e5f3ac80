import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { CLOCK, type Clock } from '../../domain/index.js';
import { LOGGER, type Logger } from '../../observability/index.js';
import { Database } from '../../persistence/index.js';
import { SecretBox } from '../secret-box.js';
import { SecretsModule } from '../secrets.module.js';
import { KeyRing } from './key-ring.js';
import { PublicKeyController } from './public-key.controller.js';
import { SigningKeys } from './signing-keys.js';

/** Provides the `KeyRing`, and sees to it at the start that there is a key. Needs what `IdentityModule` needs. */
@Module({
  imports: [SecretsModule],
  controllers: [PublicKeyController],
  providers: [
    {
      provide: SigningKeys,
      useFactory: (database: Database, box: SecretBox, clock: Clock, logger: Logger) =>
        new SigningKeys(database, box, clock, logger),
      inject: [Database, SecretBox, CLOCK, LOGGER],
    },
    {
      provide: KeyRing,
      useFactory: (keys: SigningKeys, clock: Clock) => new KeyRing(keys, clock),
      inject: [SigningKeys, CLOCK],
    },
  ],
  exports: [KeyRing],
})
export class KeysModule implements OnModuleInit {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  onModuleInit(): Promise<void> {
    const { SPILLWAY_DATA_DIR, SPILLWAY_SECRET_KEY_LOST } = this.settings;
    return this.keys.ensure(SPILLWAY_DATA_DIR, { isSecretKeyLost: SPILLWAY_SECRET_KEY_LOST });
  }
}
