import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ExtendedProblem, Public } from '../rest/index.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS, AccessTokens, SCOPE } from './access-tokens.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { SigningKey } from './signing-key.js';

const GRANT = 'refresh_token';

const tokenRequest = z.unknown().meta({
  type: 'object',
  required: ['grant_type', 'client_id', 'refresh_token'],
  properties: {
    grant_type: { const: GRANT },
    client_id: { type: 'string' },
    refresh_token: { type: 'string' },
  },
});

/** Says an error of RFC 6749 §5.2 in its own members and as a problem: clients read one or the other. */
const refusal = (code: string, description: string) =>
  new ExtendedProblem(400, 'Bad Request', description, { error: code, error_description: description });

/** Where clients get access tokens, and the key that verifies them. */
@ApiTags('identity')
@Public()
@Controller()
export class TokenController {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly key: SigningKey,
  ) {}

  @Post('oauth/token')
  @HttpCode(200)
  @ApiOperation({ summary: 'An access token for a refresh token, which stays good' })
  async token(@Body({ schema: tokenRequest }) body: unknown) {
    const { grant_type: grant, refresh_token: refreshToken } = membersOf(body);
    if (grant === undefined) throw refusal('invalid_request', 'grant_type is missing.');
    if (grant !== GRANT)
      throw refusal('unsupported_grant_type', `Only the grant type ${GRANT} is supported.`);
    if (refreshToken === undefined) throw refusal('invalid_request', 'refresh_token is missing.');
    const found = await this.refreshTokens.use(refreshToken);
    if (found === undefined) throw refusal('invalid_grant', 'The refresh token is unknown or revoked.');
    return {
      access_token: await this.accessTokens.issue({ accountId: found.accountId, tokenId: found.id }),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
      scope: SCOPE,
      refresh_token: refreshToken,
    };
  }

  @Get('.well-known/jwks.json')
  @ApiOperation({ summary: 'The public key of access tokens, as a JSON Web Key Set' })
  keys() {
    return { keys: [this.key.jwk] };
  }
}

function membersOf(body: unknown): Readonly<Record<string, string | undefined>> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => typeof value === 'string' && value !== ''),
  );
}
