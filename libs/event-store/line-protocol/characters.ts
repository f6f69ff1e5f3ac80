/** Codes of the characters that mean something in line protocol. */
export const LINE_FEED = 10;
export const CARRIAGE_RETURN = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const COMMA = 44;
export const MINUS = 45;
export const ZERO = 48;
export const NINE = 57;
export const EQUALS = 61;
export const BACKSLASH = 92;
export const OPENING_BRACE = 123;
export const CLOSING_BRACE = 125;

/** Neither names nor keys nor tags may hold these. */
export const isControl = (code: number): boolean => code < SPACE || code === 127;
