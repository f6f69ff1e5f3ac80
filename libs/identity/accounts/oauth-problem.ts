import { STATUS_CODES } from 'node:http';
import { ExtendedProblem } from '../../rest/index.js';

/** Says an error of RFC 6749 §5.2 in its own members and as a problem: clients read one or the other. */
export const oauthProblem = (
  error: string,
  description: string,
  status = 400,
  more: Readonly<Record<string, string>> = {},
): ExtendedProblem =>
  new ExtendedProblem(status, STATUS_CODES[status] ?? 'Error', description, {
    error,
    error_description: description,
    ...more,
  });
