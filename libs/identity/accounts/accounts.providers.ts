import { AccountsController } from './accounts.controller.js';
import { Accounts } from './accounts.service.js';
import { LoginThrottle } from './login-throttle.js';
import { ManagedAccounts } from './managed-accounts.service.js';
import { MfaController } from './mfa.controller.js';
import { MfaTokens } from './mfa-tokens.js';
import { OwnAccountController } from './own-account.controller.js';
import { OwnAccount } from './own-account.service.js';
import { OwnMfa } from './own-mfa.service.js';
import { PasswordHashing } from './password-hashing.js';
import { Passwords } from './passwords.js';
import { SecondFactor } from './second-factor.js';
import { SignIn } from './sign-in.service.js';

export const ACCOUNT_CONTROLLERS = [AccountsController, MfaController, OwnAccountController];

/** Accounts and how their owners sign in. */
export const ACCOUNT_PROVIDERS = [
  Accounts,
  LoginThrottle,
  ManagedAccounts,
  MfaTokens,
  OwnAccount,
  OwnMfa,
  PasswordHashing,
  Passwords,
  SecondFactor,
  SignIn,
];
