import { STATUS_CODES } from 'node:http';

/** The body that cc-event-store gives its errors, with the line feed at its end. */
export const errorBody = (status: number, message: string): Buffer =>
  Buffer.from(`${JSON.stringify({ status: STATUS_CODES[status] ?? 'Error', error: message })}\n`);
