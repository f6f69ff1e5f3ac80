import { expect, it } from 'vitest';
import { AgentPool } from './agent-pool.js';

it('keeps one agent for each TLS configuration', () => {
  const pool = new AgentPool(10);
  const first = pool.lease('https:', { servername: 'a.example.com' });
  expect(pool.lease('https:', { servername: 'a.example.com' }).agent).toBe(first.agent);
  expect(pool.lease('https:', { servername: 'a.example.com', insecure: true }).agent).not.toBe(first.agent);
  expect(pool.lease('http:', { servername: 'a.example.com' }).agent).toBe(pool.lease('http:', {}).agent);
  pool.close();
});

it('closes the least recently used idle agent beyond its bound, never one in use', () => {
  const pool = new AgentPool(2);
  const busy = pool.lease('https:', { servername: 'busy.example.com' });
  const idle = pool.lease('https:', { servername: 'idle.example.com' });
  idle.release();
  const next = pool.lease('https:', { servername: 'next.example.com' });
  expect(pool.size).toBe(2);
  expect(pool.lease('https:', { servername: 'busy.example.com' }).agent).toBe(busy.agent);
  const third = pool.lease('https:', { servername: 'third.example.com' });
  expect(pool.size).toBe(3);
  next.release();
  third.release();
  expect(pool.size).toBe(2);
  pool.close();
});
