import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events among the entries of streams, and rules that make notifications of them. `about` is kind, name, type, type-id,
 * stype and stype-id, the kind `event` or `log`. It is one column, because with eight of them a row whose `about` is null is
 * not a byte longer than before: that of a log line which is its text alone. Entries of before this migration have none
 * either, so what were events among them is taken for log lines.
 */
export class EventStore1799000000000 implements MigrationInterface {
  name = 'EventStore1799000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "stream_entries" ADD "about" text array`);
    // Of a whole cluster they are found by the index of all entries. Names are compared byte by byte: that costs the writers least.
    await queryRunner.query(
      `CREATE INDEX "stream_entries_events" ON "stream_entries" ("stream_id", "node" COLLATE "C", "time_ms", "seq") WHERE "about"[1] = 'event'`,
    );
    await queryRunner.query(
      `CREATE TABLE "event_rules" ("id" text NOT NULL, "organization_id" text NOT NULL, "project_id" text NOT NULL, "description" text NOT NULL, "cluster" text, "name" text NOT NULL, "function" text, "matcher" jsonb NOT NULL, "severity" text NOT NULL, "title" text, "message" text NOT NULL, "is_enabled" boolean NOT NULL, "max_per_minute" integer NOT NULL, "recent" bigint array NOT NULL DEFAULT '{}', "held_back" integer NOT NULL DEFAULT '0', "held_since" TIMESTAMP WITH TIME ZONE, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_1bb477fda5fb5ab5db163ed84b3" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE INDEX "event_rules_project" ON "event_rules"  ("project_id", "id") `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations of Spillway go forward only; restore a backup instead.');
  }
}
