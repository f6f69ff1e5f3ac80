const UNIT_BYTES = { B: 1, KB: 1_024, MB: 1_048_576, GB: 1_073_741_824 } as const;

/** Reads a size such as `512MB` (of 1,024 KB each) into bytes; undefined when the text is none. */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d{1,9})\s?(B|KB|MB|GB)$/i.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * UNIT_BYTES[match[2]?.toUpperCase() as keyof typeof UNIT_BYTES];
}
