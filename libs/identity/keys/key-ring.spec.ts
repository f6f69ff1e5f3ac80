import { decodeJwt, decodeProtectedHeader, errors, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../testing/index.js';
import { KeyRing } from './key-ring.js';
import { SigningKey } from './signing-key.js';
import type { StoredKey } from './signing-keys.js';

const HOUR_MS = 3_600_000;
const KIND = { typ: 'test+jwt', audience: 'urn:test' } as const;
const [first, second] = await Promise.all([SigningKey.generate(), SigningKey.generate()]);

let clock: ManualClock;
let keys: StoredKey[];
let reads: number;
/** A hub's ring over the same keys. */
const newRing = () =>
  new KeyRing(
    {
      read: () => {
        reads += 1;
        return Promise.resolve([...keys]);
      },
    },
    clock,
  );
const add = (key: SigningKey, inMs: number) =>
  keys.push({ id: key.id, key, signsFrom: new Date(clock.now().getTime() + inMs) });
const sign = (ring: KeyRing) => ring.sign({ sub: 'somebody' }, { ...KIND, lifetimeSeconds: 3_600 });

beforeEach(() => {
  clock = new ManualClock();
  keys = [];
  reads = 0;
  add(first, 0);
});

describe('a key ring', () => {
  it('signs tokens that name their key and kind, and verifies them', async () => {
    const ring = newRing();
    const token = await sign(ring);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', kid: first.id, typ: KIND.typ });
    expect((await ring.verify(token, KIND)).sub).toBe('somebody');
    const { iat, exp } = decodeJwt(token);
    expect(exp! - iat!).toBe(3_600);
  });

  it.each([
    ['type', { typ: 'JWT' }],
    ['audience', { audience: 'urn:other' }],
    ['claim', { requiredClaims: ['sid'] }],
  ])('refuses a token of its own with another %s', async (_what, other) => {
    const ring = newRing();
    const verifying = ring.verify(await sign(ring), { ...KIND, ...other });
    await expect(verifying).rejects.toThrow(errors.JWTClaimValidationFailed);
  });

  it('accepts a token that names no key, whichever of its keys signed it', async () => {
    add(second, HOUR_MS);
    for (const { privateKey } of [first, second]) {
      const now = Math.floor(clock.now().getTime() / 1_000);
      const token = await new SignJWT({ iss: 'urn:spillway', aud: KIND.audience, iat: now, exp: now + 60 })
        .setProtectedHeader({ alg: 'RS256', typ: KIND.typ })
        .sign(privateKey);
      await newRing().verify(token, KIND);
    }
  });

  it('publishes and accepts the next key at once, and signs with it when it begins', async () => {
    const ring = newRing();
    await sign(ring);
    add(second, HOUR_MS);
    clock.advance(30_000);
    expect((await ring.published()).map(({ kid }) => kid)).toEqual([first.id, second.id]);
    expect((await ring.next())?.id).toBe(second.id);
    expect(decodeProtectedHeader(await sign(ring)).kid).toBe(first.id);
    clock.advance(HOUR_MS);
    expect(decodeProtectedHeader(await sign(ring)).kid).toBe(second.id);
    expect(await ring.next()).toBeUndefined();
  });

  it('looks at its keys again at once for an unknown one, so that another hub may be ahead', async () => {
    const behind = newRing();
    await sign(behind);
    add(second, -1_000);
    clock.advance(1_000);
    await behind.verify(await sign(newRing()), KIND);
  });

  it('looks at most once a second, however many forged key ids come, and once for all who come together', async () => {
    const ring = newRing();
    await sign(ring);
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'forged' })
      .sign(second.privateKey);
    for (const round of [1, 2, 3]) {
      clock.advance(1_000);
      await Promise.all(
        Array.from({ length: 50 }, () =>
          expect(ring.verify(forged, KIND)).rejects.toThrow(errors.JWKSNoMatchingKey),
        ),
      );
      clock.advance(999);
      await expect(ring.verify(forged, KIND)).rejects.toThrow(errors.JWKSNoMatchingKey);
      expect(reads).toBe(1 + round);
      clock.advance(-999);
    }
  });

  it('reads its keys every half a minute, not for every token', async () => {
    const ring = newRing();
    const token = await sign(ring);
    for (let count = 0; count < 10; count += 1) await ring.verify(token, KIND);
    expect(reads).toBe(1);
    clock.advance(29_999);
    await ring.verify(token, KIND);
    expect(reads).toBe(1);
    clock.advance(1);
    await ring.verify(token, KIND);
    expect(reads).toBe(2);
  });

  it('refuses what an ended key signed', async () => {
    const ring = newRing();
    add(second, 60_000);
    const now = Math.floor(clock.now().getTime() / 1_000);
    const lasting = await new SignJWT({
      iss: 'urn:spillway',
      aud: KIND.audience,
      iat: now,
      exp: now + 100_000,
    })
      .setProtectedHeader({ alg: 'RS256', typ: KIND.typ, kid: first.id })
      .sign(first.privateKey);
    await ring.verify(lasting, KIND);
    clock.advance(60_000 + HOUR_MS + 300_000);
    await expect(ring.verify(lasting, KIND)).rejects.toThrow(errors.JWKSNoMatchingKey);
  });
});
