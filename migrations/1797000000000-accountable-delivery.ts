import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Holds, drills, storms, paces; what an attempt sent and was answered; where a delivery ended; audits of ledgers. */
export class AccountableDelivery1797000000000 implements MigrationInterface {
  name = 'AccountableDelivery1797000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "holds" ("id" text NOT NULL, "organization_id" text NOT NULL, "project_id" text NOT NULL, "type" text NOT NULL, "reason" text NOT NULL, "matcher" jsonb NOT NULL, "from_at" TIMESTAMP WITH TIME ZONE NOT NULL, "until_at" TIMESTAMP WITH TIME ZONE, "cron" text, "time_zone" text, "duration_ms" integer, "author" text NOT NULL, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL, "ended_at" TIMESTAMP WITH TIME ZONE, "summed_until" TIMESTAMP WITH TIME ZONE, "held_back" integer NOT NULL DEFAULT '0', CONSTRAINT "PK_a8a21700a256e0267fb43f4f7ae" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "holds_unfinished" ON "holds"  ("ended_at") WHERE ended_at IS NULL`,
    );
    await queryRunner.query(`CREATE INDEX "holds_project" ON "holds"  ("project_id", "id") `);
    await queryRunner.query(
      `CREATE TABLE "held_deliveries" ("hold_id" text NOT NULL, "delivery_id" text NOT NULL, "held_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_f4ed6c19daebc7adb4782869593" PRIMARY KEY ("hold_id", "delivery_id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "drills" ("id" text NOT NULL, "integration_id" text NOT NULL, "project_id" text NOT NULL, "issue_id" text NOT NULL, "started_by" text, "status" text NOT NULL, "steps" jsonb NOT NULL DEFAULT '[]', "reason" text, "started_at" TIMESTAMP WITH TIME ZONE NOT NULL, "finished_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_21a05ff68e78209b76f3dcf8da1" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "drills_running" ON "drills"  ("integration_id") WHERE status = 'running'`,
    );
    await queryRunner.query(`CREATE INDEX "drills_listing" ON "drills"  ("integration_id", "id") `);
    await queryRunner.query(
      `CREATE TABLE "sink_paces" ("key" text NOT NULL, "taken_until" TIMESTAMP WITH TIME ZONE NOT NULL, "used_until" TIMESTAMP WITH TIME ZONE NOT NULL, "shifted" interval NOT NULL DEFAULT '00:00:00', "call_ms" integer NOT NULL DEFAULT '0', CONSTRAINT "PK_0367410e28e4d491c0fe98aeab0" PRIMARY KEY ("key"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "ledger_audits" ("integration_id" text NOT NULL, "audited_at" TIMESTAMP WITH TIME ZONE NOT NULL, "balanced" boolean NOT NULL, "difference" integer NOT NULL, CONSTRAINT "PK_d3c434e0f169a44cacf5ac7c477" PRIMARY KEY ("integration_id"))`,
    );
    await queryRunner.query(`ALTER TABLE "deliveries" ADD "last_end" text`);
    await queryRunner.query(`ALTER TABLE "deliveries" ADD "held_by" text`);
    await queryRunner.query(`ALTER TABLE "deliveries" ADD "held_since" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "deliveries" ADD "storm_id" text`);
    await queryRunner.query(`ALTER TABLE "deliveries" ADD "storm_seq" integer`);
    await queryRunner.query(`ALTER TABLE "deliveries" ADD "slot_at" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "attempts" ADD "request_shape" jsonb`);
    await queryRunner.query(`ALTER TABLE "attempts" ADD "answer" text`);
    await queryRunner.query(`ALTER TABLE "attempts" ADD "next_try_at" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "failures_in_row" integer NOT NULL DEFAULT '0'`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "failed_code" text`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "failed_since" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "paused_at" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "paused_by" text`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "paused_reason" text`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "storm_id" text`);
    await queryRunner.query(`ALTER TABLE "integrations" ADD "storm_until" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "issues" ADD "drill_of" text`);
    await queryRunner.query(`ALTER TABLE "notifications" ADD "except_for" text`);
    await queryRunner.query(`ALTER TABLE "notifications" ADD "drill_of" text`);
    await queryRunner.query(`ALTER TABLE "notifications" ADD "is_notice" boolean NOT NULL DEFAULT false`);
    await queryRunner.query(
      `CREATE INDEX "deliveries_storm" ON "deliveries"  ("storm_id") WHERE storm_id IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX "deliveries_held" ON "deliveries"  ("held_by") WHERE held_by IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX "deliveries_owed" ON "deliveries"  ("integration_id", "owed_since") WHERE owed_since IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX "deliveries_listing" ON "deliveries"  ("integration_id", "created_at", "id") `,
    );
    await queryRunner.query(
      `CREATE INDEX "deliveries_refused" ON "deliveries"  ("integration_id", "created_at", "id") WHERE rejected > 0 OR expired > 0`,
    );
    await queryRunner.query(
      `CREATE INDEX "attempts_integration" ON "attempts"  ("integration_id", "started_at") `,
    );
    await queryRunner.query(
      `CREATE INDEX "attempts_errors" ON "attempts"  ("integration_id", "started_at") WHERE code IS NOT NULL AND code NOT IN ('accepted', 'reopened')`,
    );
    // What is known of deliveries from before.
    await queryRunner.query(
      `UPDATE deliveries SET last_end = CASE WHEN mirror->>'shown' IS NOT NULL THEN 'delivered'
         WHEN rejected > 0 THEN 'rejected' WHEN expired > 0 THEN 'expired' WHEN suppressed > 0 THEN 'suppressed'
         WHEN delivered > 0 THEN 'delivered' END`,
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations of Spillway go forward only; restore a backup instead.');
  }
}
