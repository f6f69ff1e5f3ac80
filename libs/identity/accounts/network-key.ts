import { isIP, isIPv6 } from 'node:net';

/** As some proxies write them: `198.51.100.9:20001`, `[2001:db8::1]:443`, `[2001:db8::1]`. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
/** What one customer of an access provider has is a /64: its addresses are one place. */
const GROUPS_OF_A_NETWORK = 4;
const UNKNOWN = 'unknown';

/**
 * The place that an address stands for when failures are counted: an IPv4 address, or the /64 of an IPv6 one. Whatever
 * is no address is one place: who could write anything there would never be counted twice.
 */
export function networkOf(address: string | null | undefined): string {
  const [, inBrackets, beforePort] = WITH_PORT.exec(address ?? '') ?? [];
  const [bare = ''] = (inBrackets ?? beforePort ?? address ?? '').split('%');
  const mapped = MAPPED.exec(bare)?.[1] ?? bare;
  if (isIP(mapped) === 0) return UNKNOWN;
  return isIPv6(mapped) ? networkOfIpv6(mapped) : mapped;
}

function networkOfIpv6(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const between = tail === undefined ? 0 : GROUPS - before.length - after.length;
  const groups = [...before, ...Array.from({ length: between }, () => '0'), ...after];
  return `${groups
    .slice(0, GROUPS_OF_A_NETWORK)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** An IPv4 tail (`1.2.3.4`) stands for two groups; it is never among the first four, so what it says does not matter. */
const groupsOf = (part: string): string[] =>
  part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
