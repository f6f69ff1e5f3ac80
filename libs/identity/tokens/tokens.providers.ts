import { IngestTokensController } from './ingest-tokens.controller.js';
import { IngestTokens } from './ingest-tokens.service.js';
import { OwnTokensController } from './own-tokens.controller.js';
import { OwnTokens } from './own-tokens.service.js';
import { SignInTokens } from './sign-in-tokens.js';

export const TOKEN_CONTROLLERS = [OwnTokensController, IngestTokensController];

/** Tokens that their owners make, list and revoke. */
export const TOKEN_PROVIDERS = [OwnTokens, IngestTokens, SignInTokens];
