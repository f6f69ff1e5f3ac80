import { badRequest } from '../../domain/index.js';

const MIN_CHARACTERS = 12;
/** As typed: a code point each. */
export const MAX_PASSWORD_CHARACTERS = 256;
/** A shorter local part is in too many good passwords by chance. */
const MIN_LOCAL_PART_CHARACTERS = 3;

/** Why a password is too weak for the account with this address; undefined when it will do. */
export function weaknessOf(password: string, email: string): string | undefined {
  const characters = [...password];
  if (characters.length < MIN_CHARACTERS) return `must have at least ${MIN_CHARACTERS} characters`;
  if (characters.length > MAX_PASSWORD_CHARACTERS)
    return `must have at most ${MAX_PASSWORD_CHARACTERS} characters`;
  if (new Set(characters).size === 1) return 'must not be one character repeated';
  const [localPart = ''] = email.toLowerCase().split('@');
  const holdsName =
    localPart.length >= MIN_LOCAL_PART_CHARACTERS && password.toLowerCase().includes(localPart);
  return holdsName ? 'must not contain the name of the email address' : undefined;
}

/** Throws a 400 that names the member `field` when a password is too weak. */
export function mustBeStrong(password: string, email: string, field = 'password'): void {
  const weakness = weaknessOf(password, email);
  if (weakness !== undefined) throw badRequest({ [field]: weakness });
}
