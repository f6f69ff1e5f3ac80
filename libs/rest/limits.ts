/** Largest request body that is read. */
export const MAX_BODY_BYTES = 1_048_576;
