import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../domain/index.js';
import { LASTING_TOKEN_ROUTE, PUBLIC_ROUTE, type HttpRequest } from '../rest/index.js';
import { AccessTokens, type Caller } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';

const BEARER = /^bearer +(\S+) *$/i;

/** Lets a request pass with a good access token; routes marked `@Public()` need none. Scheme names have no case. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets)) return true;
    const request = context.switchToHttp().getRequest<HttpRequest & { caller?: Caller }>();
    const token = tokenOf(request.headers['authorization']);
    const isLasting = this.reflector.getAllAndOverride<boolean | undefined>(LASTING_TOKEN_ROUTE, targets);
    request.caller = (isLasting && (await this.lastingCaller(token))) || (await this.tokens.verify(token));
    return true;
  }

  private async lastingCaller(token: string): Promise<Caller | undefined> {
    const subject = await this.refreshTokens.subjectOf(token);
    return subject === undefined ? undefined : { subject };
  }
}

function tokenOf(header: string | string[] | undefined): string {
  if (typeof header !== 'string' || header === '') {
    throw new Problem(
      401,
      'Unauthorized',
      'The request has no access token: send `Authorization: Bearer <token>`.',
    );
  }
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return token;
  throw new Problem(401, 'Unauthorized', 'The Authorization header is malformed: send `Bearer <token>`.');
}
