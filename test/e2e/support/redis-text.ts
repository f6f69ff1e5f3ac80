import { Redis } from 'ioredis';

/** Every key of a Redis with its value, as text. */
export async function redisText(url: string): Promise<Readonly<Record<string, string>>> {
  const redis = new Redis(url);
  try {
    const found: Record<string, string> = {};
    for (const key of await redis.keys('*')) found[key] = JSON.stringify([key, await valueOf(redis, key)]);
    return found;
  } finally {
    await redis.quit();
  }
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, 0, -1);
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'none':
      return null;
    case 'unknown':
    default:
      throw new Error(`${key} has a type that nobody has searched so far`);
  }
}
