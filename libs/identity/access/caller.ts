import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '../../rest/index.js';

/** A person, or a program with a person's token. */
export interface AccountCaller {
  readonly kind: 'account';
  readonly accountId: string;
  /** Address, or name where there is none: for people. */
  readonly who: string;
  readonly isOperator: boolean;
  /** Whether a second factor was shown when the token was got. */
  readonly hasMfa: boolean;
  /** The refresh token behind the request; null when it came from an external issuer. */
  readonly tokenId: string | null;
}

/** A program that writes facts into one project. */
export interface IngestCaller {
  readonly kind: 'ingest';
  readonly who: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly tokenId: string;
}

/** Who calls. */
export type Caller = AccountCaller | IngestCaller;

/** A request after the access guard; without a caller on public routes. */
export type CallerRequest = HttpRequest & { caller?: Caller };

/** Parameter decorator: who calls, on a route whose right an account has. */
export const CalledBy = createParamDecorator((_data: unknown, context: ExecutionContext): AccountCaller => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller?.kind !== 'account') throw new Error('This route is not called by accounts only');
  return caller;
});
