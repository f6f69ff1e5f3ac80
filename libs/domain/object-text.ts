const OPENING_BRACE = 0x7b;

/**
 * Whether a text is a JSON object, as structured events are. Parsing costs less than a microsecond, and the text itself can
 * then be used: writing the object again would cost the same twice, and lose digits of long numbers.
 */
export function isObjectText(text: string): boolean {
  if (text.trimStart().charCodeAt(0) !== OPENING_BRACE) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
