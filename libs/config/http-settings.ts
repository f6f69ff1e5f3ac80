import { isIP } from 'node:net';
import { z } from 'zod';

const MAX_PREFIX_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** A list with commas between; `problemWith` says what is wrong with an item, or nothing. */
const list = (problemWith: (item: string) => string | undefined) =>
  z.string().transform((text, context) => {
    const items = listed(text);
    for (const item of items) {
      const problem = problemWith(item);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }
    return items;
  });

/** Web origins as browsers send them: `https://console.example.com`, with the port where it is not the scheme's. */
export const origins = list((item) => {
  if (item === '*') return 'must name each origin: * would let every page that somebody visits call this API';
  const isOrigin = /^https?:\/\/[^*]+$/i.test(item) && URL.canParse(item);
  if (!isOrigin) return `has "${item}", which is no http(s) origin such as https://console.example.com`;
  const { origin } = new URL(item);
  return item === origin ? undefined : `has "${item}"; browsers send that origin as ${origin}`;
});

/** Addresses and networks in CIDR form: `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`. */
export const networks = list((item) => {
  const [address = '', prefix, ...rest] = item.split('/');
  const maxBits = MAX_PREFIX_BITS[isIP(address)];
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (maxBits ?? 0));
  if (maxBits === undefined || !isPrefix || rest.length > 0)
    return `has "${item}", which is neither an IP address nor a network such as 10.0.0.0/8`;
  // Whoever reaches us could then say that they are anybody.
  return prefix !== undefined && Number(prefix) === 0 ? `has "${item}", which is everybody` : undefined;
});
