/** Largest request body that is read. */
export const MAX_BODY_BYTES = 1_048_576;
/** Longest request line and header fields together; a token of an external issuer may have some kilobytes. */
export const MAX_HEADER_BYTES = 16_384;
/** Most header fields of a request: browsers behind two proxies send about forty. Node leaves out what is over 2,000, in silence. */
export const MAX_HEADERS = 100;
