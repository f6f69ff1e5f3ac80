import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the polling of each node's log files goes. */
export class LogPolls1798000000001 implements MigrationInterface {
  name = 'LogPolls1798000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "log_polls" ("node_id" text NOT NULL, "since" TIMESTAMP WITH TIME ZONE NOT NULL, "code" text, "reason" text, CONSTRAINT "PK_c53eb5efaacafb86b9d046e82a3" PRIMARY KEY ("node_id"))`,
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations of Spillway go forward only; restore a backup instead.');
  }
}
