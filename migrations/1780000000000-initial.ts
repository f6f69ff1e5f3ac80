import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema. Generated from the entities; migrations go forward only. */
export class Initial1780000000000 implements MigrationInterface {
  name = 'Initial1780000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "clusters" ("id" text NOT NULL, "project_id" text NOT NULL, "name" text NOT NULL, "tls" jsonb NOT NULL, "credentials" text, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL, "deleted_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_56c8e201f375e1e961dcdd6831c" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE INDEX "clusters_project" ON "clusters"  ("project_id") `);
    await queryRunner.query(
      `CREATE TABLE "cluster_nodes" ("id" text NOT NULL, "cluster_id" text NOT NULL, "position" integer NOT NULL, "address" text NOT NULL, "cores" integer, "observations" jsonb NOT NULL DEFAULT '{}', CONSTRAINT "PK_3104b3d10d622c69938f1c432b9" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE INDEX "cluster_nodes_cluster" ON "cluster_nodes"  ("cluster_id") `);
    await queryRunner.query(
      `CREATE TABLE "detector_states" ("cluster_id" text NOT NULL, "detector" text NOT NULL, "subject" text NOT NULL, "state" jsonb NOT NULL, "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_15f2df8790f81d7052d4c5a81ad" PRIMARY KEY ("cluster_id", "detector", "subject"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "deliveries" ("id" text NOT NULL, "integration_id" text NOT NULL, "sink" text NOT NULL, "subject_type" text NOT NULL, "subject_id" text NOT NULL, "first_seq" integer NOT NULL, "accepted_seq" integer NOT NULL, "settled_seq" integer NOT NULL, "delivered" integer NOT NULL DEFAULT '0', "coalesced" integer NOT NULL DEFAULT '0', "rejected" integer NOT NULL DEFAULT '0', "suppressed" integer NOT NULL DEFAULT '0', "expired" integer NOT NULL DEFAULT '0', "parked" boolean NOT NULL DEFAULT false, "due_at" TIMESTAMP WITH TIME ZONE, "owed_since" TIMESTAMP WITH TIME ZONE, "failures" integer NOT NULL DEFAULT '0', "mirror" jsonb NOT NULL, "call" jsonb, "lease_token" text, "lease_until" TIMESTAMP WITH TIME ZONE, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_a6ef225c5c5f0974e503bfb731f" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "deliveries_parked" ON "deliveries"  ("integration_id") WHERE parked`,
    );
    await queryRunner.query(`CREATE INDEX "deliveries_of_subject" ON "deliveries"  ("subject_id") `);
    await queryRunner.query(
      `CREATE INDEX "deliveries_due_of" ON "deliveries"  ("integration_id", "due_at") WHERE due_at IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX "deliveries_due" ON "deliveries"  ("due_at") WHERE due_at IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "deliveries_subject" ON "deliveries"  ("integration_id", "subject_type", "subject_id") `,
    );
    await queryRunner.query(
      `CREATE TABLE "attempts" ("id" text NOT NULL, "delivery_id" text NOT NULL, "integration_id" text NOT NULL, "action" text NOT NULL, "seq" integer NOT NULL, "outcome" text NOT NULL, "code" text, "reason" text, "http_status" integer, "request_digest" text, "started_at" TIMESTAMP WITH TIME ZONE NOT NULL, "duration_ms" integer NOT NULL, CONSTRAINT "PK_295ca261e361fd2fd217754dcac" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE INDEX "attempts_age" ON "attempts"  ("started_at") `);
    await queryRunner.query(`CREATE INDEX "attempts_delivery" ON "attempts"  ("delivery_id", "started_at") `);
    await queryRunner.query(
      `CREATE TABLE "integrations" ("id" text NOT NULL, "organization_id" text NOT NULL, "project_id" text NOT NULL, "description" text NOT NULL, "sink" text NOT NULL, "source" text NOT NULL, "config" jsonb NOT NULL, "secrets" text NOT NULL, "display" jsonb NOT NULL, "settings" jsonb NOT NULL DEFAULT '{}', "status" text NOT NULL, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL, "health" text NOT NULL DEFAULT 'healthy', "health_code" text, "health_reason" text, "health_since" TIMESTAMP WITH TIME ZONE, "throttled_until" TIMESTAMP WITH TIME ZONE, "probe_at" TIMESTAMP WITH TIME ZONE, "probe_failures" integer NOT NULL DEFAULT '0', "probe_delivery_id" text, CONSTRAINT "PK_9adcdc6d6f3922535361ce641e8" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "integrations_project" ON "integrations"  ("project_id", "source") `,
    );
    await queryRunner.query(
      `CREATE TABLE "issues" ("id" text NOT NULL, "project_id" text NOT NULL, "key" text NOT NULL, "kind" text NOT NULL, "status" text NOT NULL, "severity" text NOT NULL, "cluster_id" text, "node_id" text, "message" text NOT NULL, "opened_at" TIMESTAMP WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL, "closed_at" TIMESTAMP WITH TIME ZONE, "event_count" integer NOT NULL, CONSTRAINT "PK_9d8ecbbeff46229c700f0449257" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "issues_closed" ON "issues"  ("closed_at") WHERE status = 'closed'`,
    );
    await queryRunner.query(`CREATE INDEX "issues_cluster" ON "issues"  ("cluster_id") `);
    await queryRunner.query(`CREATE INDEX "issues_key" ON "issues"  ("project_id", "key", "opened_at") `);
    await queryRunner.query(`CREATE INDEX "issues_listing" ON "issues"  ("project_id", "id") `);
    await queryRunner.query(
      `CREATE UNIQUE INDEX "issues_open_key" ON "issues"  ("project_id", "key") WHERE status = 'open'`,
    );
    await queryRunner.query(
      `CREATE TABLE "issue_events" ("issue_id" text NOT NULL, "seq" integer NOT NULL, "event" text NOT NULL, "severity" text NOT NULL, "message" text NOT NULL, "time" TIMESTAMP WITH TIME ZONE NOT NULL, "accepted_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_c7f1176e63adffba1694cea233d" PRIMARY KEY ("issue_id", "seq"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "notifications" ("id" text NOT NULL, "project_id" text NOT NULL, "cluster_id" text, "severity" text NOT NULL, "title" text, "message" text NOT NULL, "accepted_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_6a72c3c0f683f6462415e653c3a" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE INDEX "notifications_age" ON "notifications"  ("accepted_at") `);
    await queryRunner.query(`CREATE INDEX "notifications_listing" ON "notifications"  ("project_id", "id") `);
    await queryRunner.query(
      `CREATE TABLE "organizations" ("id" text NOT NULL, "name" text NOT NULL, "mfa_enabled" boolean NOT NULL DEFAULT false, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "deleted_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_6b031fcd0863e3f6b44230163f9" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "projects" ("id" text NOT NULL, "organization_id" text NOT NULL, "name" text NOT NULL, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "deleted_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_6271df0a7aed1d6c0691ce6ac50" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE INDEX "projects_organization" ON "projects"  ("organization_id") `);
    await queryRunner.query(
      `CREATE TABLE "refresh_tokens" ("id" text NOT NULL, "token_hash" text NOT NULL, "subject" text NOT NULL, "label" text NOT NULL, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "revoked_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_7d8bee0204106019488c4c50ffa" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE UNIQUE INDEX "refresh_tokens_hash" ON "refresh_tokens"  ("token_hash") `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations of Spillway go forward only; restore a backup instead.');
  }
}
