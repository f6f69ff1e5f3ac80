import { BlockList, isIP, isIPv6 } from 'node:net';

/** Nobody's cluster lives there, and cloud metadata services do (169.254.169.254). */
const NO_HOSTS = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  'fe80::/10',
  'ff00::/8',
];

/**
 * Cloud metadata services that are not link-local, and hand out a machine's credentials just the same: AWS over IPv6,
 * Alibaba (listed in https://github.com/openclaw/openclaw/pull/16197, read 2026-11-20).
 */
const METADATA_SERVICES = ['fd00:ec2::254', '100.100.100.200'];

/** Decides which IP addresses may be dialled. Throws at construction for a network that is no CIDR, naming it. */
export class AddressGuard {
  readonly #denied = new BlockList();

  constructor(deny: readonly string[]) {
    for (const network of [...NO_HOSTS, ...METADATA_SERVICES, ...deny]) this.#deny(network);
  }

  /** Whether this literal address may be dialled. What is no address may not. */
  allows(address: string): boolean {
    const bare = address.replace(/%.*$/, '');
    const family = isIP(bare);
    if (family === 0) return false;
    if (family === 4) return !this.#denied.check(bare, 'ipv4');
    const inner = embeddedIPv4(bare);
    if (inner !== undefined && this.#denied.check(inner, 'ipv4')) return false;
    return !this.#denied.check(bare, 'ipv6');
  }

  #deny(network: string): void {
    const [address = '', prefixText] = network.split('/');
    const family = isIP(address);
    const bits = family === 4 ? 32 : 128;
    const prefix = prefixText === undefined ? bits : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1;
    if (family === 0 || prefix < 0 || prefix > bits) {
      throw new Error(`"${network}" is no network; write a CIDR such as 10.0.0.0/8 or fd00::/8`);
    }
    this.#denied.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
}

const EMBEDDING_PREFIXES = ['0:0:0:0:0:ffff', '0:0:0:0:ffff:0', '64:ff9b:0:0:0:0', '64:ff9b:1:0:0:0'];

/** The eight 16-bit groups of an IPv6 address. The URL parser brings every spelling into one form. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail = ''] = canonical.split('::');
  const read = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [front, back] = [read(head), read(tail)];
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
}

/**
 * The IPv4 address that dialling this IPv6 address may end at: mapped (::ffff:a.b.c.d), compatible (::a.b.c.d),
 * translated (::ffff:0:a.b.c.d), NAT64 (64:ff9b::/96, and 64:ff9b:1::/96 of RFC 8215) or 6to4 (2002::/16).
 */
function embeddedIPv4(address: string): string | undefined {
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const dotted = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  if (groups[0] === 0x2002) return dotted(groups[1], groups[2]);
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  // ::1 and its neighbours are no IPv4-compatible addresses, although they look it.
  const isCompatible = prefix === '0:0:0:0:0:0' && groups[6] !== 0;
  const isEmbedding = EMBEDDING_PREFIXES.includes(prefix);
  return isCompatible || isEmbedding ? dotted(groups[6], groups[7]) : undefined;
}
