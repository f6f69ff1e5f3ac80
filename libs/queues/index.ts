/**
 * Wake-ups by BullMQ, on PostgreSQL or Redis. The only importer of bullmq.
 *
 * Delivery and collection depend on this room; it depends on observability only. What is in a queue may be lost at
 * any moment: it leaves to the database to remember what is due.
 */
export type { QueuesOptions } from './connection.js';
export * from './job-queue.js';
export * from './queues.js';
