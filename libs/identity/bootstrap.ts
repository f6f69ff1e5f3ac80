import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';

/** Sees to it that there is a first refresh token. */
@Injectable()
export class Bootstrap {
  constructor(
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    private readonly tokens: RefreshTokens,
  ) {}

  /**
   * Makes SPILLWAY_BOOTSTRAP_TOKEN known, unless it was revoked; does nothing without it. To be called at every start,
   * after the migrations and before the API listens: whoever finds the app ready may use the token.
   */
  async ensureGivenToken(): Promise<void> {
    const token = this.settings.SPILLWAY_BOOTSTRAP_TOKEN;
    if (token !== undefined) await this.tokens.ensure(token, 'bootstrap');
  }

  /**
   * Without SPILLWAY_BOOTSTRAP_TOKEN, and when no refresh token is usable, makes one and resolves with it: it cannot be
   * had again. To be called when nothing can keep the app from showing it any more, such as a port that is taken.
   * Several hubs may start at the same time.
   */
  async makeFirstToken(): Promise<string | undefined> {
    return this.settings.SPILLWAY_BOOTSTRAP_TOKEN === undefined ? this.tokens.makeFirst('first') : undefined;
  }
}
