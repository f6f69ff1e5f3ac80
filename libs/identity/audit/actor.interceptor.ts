import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { CallerRequest } from '../access/caller.js';
import { actingAs } from './actor.js';

/** Runs every handler in the name of its caller, so that the audit log knows who acts without being told. */
@Injectable()
export class ActorInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { caller, id, ip } = context.switchToHttp().getRequest<CallerRequest>();
    const actor = {
      accountId: caller?.kind === 'account' ? caller.accountId : null,
      who: caller?.who ?? 'somebody not signed in',
      tokenId: caller?.tokenId ?? null,
      requestId: id,
      address: ip ?? null,
    };
    return new Observable((subscriber) => actingAs(actor, () => next.handle().subscribe(subscriber)));
  }
}
