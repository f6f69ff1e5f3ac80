import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { RefreshTokens } from './refresh-tokens.js';

/** Sees to it that there is a first refresh token. */
@Injectable()
export class Bootstrap {
  constructor(
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    private readonly tokens: RefreshTokens,
  ) {}

  /**
   * To be called at every start, after the migrations. With SPILLWAY_BOOTSTRAP_TOKEN that token is made known (unless
   * it was revoked). Otherwise, when no refresh token is usable, one is made and resolved with: the app shows it this
   * once, it cannot be had again. Several hubs may start at the same time.
   */
  async ensureFirstToken(): Promise<string | undefined> {
    const token = this.settings.SPILLWAY_BOOTSTRAP_TOKEN;
    if (token === undefined) return this.tokens.makeFirst('first');
    await this.tokens.ensure(token, 'bootstrap');
    return undefined;
  }
}
