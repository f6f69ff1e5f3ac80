import { Body, Controller, Get, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../rest/index.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS, AccessTokens, SCOPE } from './access-tokens.js';
import { MAX_EMAIL_CHARACTERS } from './accounts/accounts.schema.js';
import { oauthProblem } from './accounts/oauth-problem.js';
import { SignIn } from './accounts/sign-in.service.js';
import { KeyRing } from './keys/key-ring.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import type { IssuedToken } from './tokens/sign-in-tokens.js';

const GRANTS = {
  refresh: 'refresh_token',
  password: 'password',
  code: 'http://auth0.com/oauth/grant-type/mfa-otp',
} as const;

const text = { type: 'string' } as const;
const tokenRequest = z.unknown().meta({
  type: 'object',
  required: ['grant_type'],
  properties: {
    grant_type: { enum: Object.values(GRANTS) },
    client_id: text,
    refresh_token: text,
    username: text,
    password: text,
    scope: text,
    audience: text,
    mfa_token: text,
    otp: text,
  },
});

/** Where clients get access tokens, and the keys that verify them. */
@ApiTags('identity')
@Public()
@Controller()
export class TokenController {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly signIn: SignIn,
    private readonly ring: KeyRing,
  ) {}

  @Post('oauth/token')
  @HttpCode(200)
  @ApiOperation({ summary: 'An access token for a refresh token, which stays good, or for a password' })
  async token(@Body({ schema: tokenRequest }) body: unknown, @Ip() address: string | undefined) {
    const { accountId, tokenId, refreshToken } = await this.granted(membersOf(body), address);
    return {
      access_token: await this.accessTokens.issue({ accountId, tokenId }),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
      scope: SCOPE,
      refresh_token: refreshToken,
    };
  }

  @Get('.well-known/jwks.json')
  @ApiOperation({ summary: 'The public keys of access tokens, as a JSON Web Key Set' })
  async keys() {
    return { keys: await this.ring.published() };
  }

  private granted(members: Members, address: string | undefined): Promise<IssuedToken> {
    const asker = { clientId: members['client_id'], address };
    switch (needed(members, 'grant_type')) {
      case GRANTS.refresh:
        return this.refreshed(needed(members, 'refresh_token'));
      case GRANTS.password:
        return this.signIn.withPassword(
          needed(members, 'username', MAX_EMAIL_CHARACTERS),
          needed(members, 'password'),
          asker,
        );
      case GRANTS.code:
        return this.signIn.withCode(needed(members, 'mfa_token'), needed(members, 'otp'), asker);
      default: {
        const known = Object.values(GRANTS).join(', ');
        throw oauthProblem('unsupported_grant_type', `Only these grant types are supported: ${known}.`);
      }
    }
  }

  private async refreshed(refreshToken: string): Promise<IssuedToken> {
    const found = await this.refreshTokens.use(refreshToken);
    if (!found) throw oauthProblem('invalid_grant', 'The refresh token is unknown or revoked.');
    return { accountId: found.accountId, tokenId: found.id, refreshToken };
  }
}

type Members = Readonly<Record<string, string | undefined>>;

function membersOf(body: unknown): Members {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => typeof value === 'string' && value !== ''),
  );
}

function needed(members: Members, name: string, maxCharacters = Infinity): string {
  const value = members[name];
  if (value === undefined) throw oauthProblem('invalid_request', `${name} is missing.`);
  if (value.length > maxCharacters) throw oauthProblem('invalid_request', `${name} is too long.`);
  return value;
}
