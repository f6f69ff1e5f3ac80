/** Largest request body that is read. */
export const MAX_BODY_BYTES = 1_048_576;
/** Largest one on a route that needs no token: the longest that is meant to come there is a form with tokens in it. */
export const MAX_OPEN_BODY_BYTES = 65_536;
/** Largest one on a route that takes lines: senders collect many of them, and one of ours may be a MiB long. */
export const MAX_BYTES_BODY_BYTES = 16 * MAX_BODY_BYTES;
/** Longest request line and header fields together; a token of an external issuer may have some kilobytes. */
export const MAX_HEADER_BYTES = 16_384;
/** Most header fields of a request: browsers behind two proxies send about forty. Node leaves out what is over 2,000, in silence. */
export const MAX_HEADERS = 100;
