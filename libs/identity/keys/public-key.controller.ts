import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { notFound } from '../../domain/index.js';
import { Public } from '../../rest/index.js';
import { KeyRing } from './key-ring.js';

const whichKey = z.object({
  next: z.enum(['true', 'false'], 'must be true or false').default('false'),
});

/** The public key for clients that read PEM, not key sets. */
@ApiTags('identity')
@Public()
@Controller()
export class PublicKeyController {
  constructor(private readonly ring: KeyRing) {}

  @Get('.well-known/public-key.pem')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({
    summary:
      'The public key of access tokens in PEM, as the settings file of the esc CLI wants it; or the next one, when it is announced',
  })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  async publicKey(@Query({ schema: whichKey }) { next }: z.output<typeof whichKey>): Promise<string> {
    const key = next === 'true' ? await this.ring.next() : await this.ring.signing();
    if (key === undefined) throw notFound('next key: none is announced');
    return key.publicPem;
  }
}
