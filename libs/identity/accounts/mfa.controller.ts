import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../../rest/index.js';
import { oauthProblem } from './oauth-problem.js';
import { SignIn } from './sign-in.service.js';

const CHALLENGE = 'otp';

const challenge = z.object({
  mfa_token: z.string(),
  challenge_type: z.string(),
  client_id: z.string().optional(),
});
type Challenge = z.output<typeof challenge>;

/** Where clients ask what the second factor is. */
@ApiTags('identity')
@Public()
@Controller('mfa')
export class MfaController {
  constructor(private readonly signIn: SignIn) {}

  @Post('challenge')
  @HttpCode(200)
  @ApiOperation({ summary: 'What to show after a password: always a one-time code' })
  async challenge(@Body({ schema: challenge }) body: Challenge) {
    if (body.challenge_type !== CHALLENGE) {
      throw oauthProblem('unsupported_challenge_type', `Only the challenge ${CHALLENGE} is known.`);
    }
    await this.signIn.mustBeHalfSignedIn(body.mfa_token);
    return { challenge_type: CHALLENGE };
  }
}
