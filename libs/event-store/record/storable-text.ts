/** A text without NUL, which no database takes; logs have them after a crash. */
export const storable = (text: string): string =>
  text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
