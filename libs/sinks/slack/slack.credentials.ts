/** Any token of Slack's, whoever's it is, and whatever follows `Bearer`: careless proxies print the request's headers. */
const CREDENTIALS = /\bxox[a-z](?:\.[a-z]+)?-[\w-]+|\bBearer\s+[^\s"'<>&]+/gi;

/** The text with `[token]` in place of whatever looks like a credential. */
export const withoutCredentials = (text: string): string => text.replace(CREDENTIALS, '[token]');
