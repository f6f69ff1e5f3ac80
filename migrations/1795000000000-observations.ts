import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every round is kept for a while, instead of the latest only; clusters have thresholds, a status and provisioning of their own. */
export class Observations1795000000000 implements MigrationInterface {
  name = 'Observations1795000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "observations" ("cluster_id" text NOT NULL, "round" text NOT NULL, "at" TIMESTAMP WITH TIME ZONE NOT NULL, "look" json NOT NULL, CONSTRAINT "PK_3a01dd52bff822334d69cfeeed6" PRIMARY KEY ("cluster_id", "round", "at"))`,
    );
    await queryRunner.query(`CREATE INDEX "observations_at" ON "observations"  ("at") `);
    await queryRunner.query(`ALTER TABLE "clusters" ADD "detection" jsonb NOT NULL DEFAULT '{}'`);
    await queryRunner.query(`ALTER TABLE "clusters" ADD "status" text NOT NULL DEFAULT 'available'`);
    await queryRunner.query(`ALTER TABLE "clusters" ADD "provisioning" jsonb NOT NULL DEFAULT '{}'`);
    await queryRunner.query(`ALTER TABLE "cluster_nodes" DROP COLUMN "observations"`);
    await queryRunner.query(`ALTER TABLE "cluster_nodes" ADD "memory_bytes" bigint`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations of Spillway go forward only; restore a backup instead.');
  }
}
