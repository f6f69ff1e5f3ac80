const PRIME = 2n ** 255n - 19n;
const D = field(-121_665n * inverse(121_666n));

/**
 * Whether 32 bytes are a point of Ed25519 that is good for a public key (RFC 8032, §5.1.3): some are none, and signatures
 * of the few points of small order (all zeros is one) can be made by everybody.
 */
export function isSafePoint(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const number = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const y = number & (2n ** 255n - 1n);
  if (y >= PRIME || !isSquare(xSquared(y))) return false;
  return doubled(doubled(doubled(y))) !== 1n;
}

/** -x² + y² = 1 + d·x²·y² */
const xSquared = (y: bigint): bigint => field((y * y - 1n) * inverse(field(D * y * y + 1n)));

/** The y of a point's double: its x matters only by its square. Eight times a point of small order is (0, 1). */
function doubled(y: bigint): bigint {
  const x2 = xSquared(y);
  const y2 = y * y;
  return field((y2 + x2) * inverse(field(2n + x2 - y2)));
}

const isSquare = (value: bigint): boolean => value === 0n || power(value, (PRIME - 1n) / 2n) === 1n;

function inverse(value: bigint): bigint {
  return power(value, PRIME - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, field(base)];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = field(result * square);
    square = field(square * square);
  }
  return result;
}

function field(value: bigint): bigint {
  const rest = value % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}
