import { Controller, Get, Header, HttpCode, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Problem } from '../domain/index.js';
import { LOGGER, Metrics, type Logger } from '../observability/index.js';
import { Database } from '../persistence/index.js';
import { AcceptsRefreshToken, NeedsRight, Public } from './public.js';

const READY_TIMEOUT_MS = 2_000;

/** For whoever runs the hub: is it alive, can it work, how does it do. */
@ApiTags('operations')
@Controller()
export class OperationsController {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Public()
  @Get('health/live')
  @HttpCode(200)
  @ApiOperation({ summary: '200 while the process answers at all' })
  live(): { status: string } {
    return { status: 'live' };
  }

  @Public()
  @Get('health/ready')
  @ApiOperation({ summary: '200 when the database answers within two seconds, else 503' })
  async ready(): Promise<{ status: string }> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), READY_TIMEOUT_MS);
    });
    try {
      await Promise.race([this.database.query('SELECT 1'), timeout]);
      return { status: 'ready' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : typeof error;
      this.logger.warn({ event: 'readiness.failed', reason }, 'the database does not answer');
      throw new Problem(503, 'Service Unavailable', 'The database does not answer.');
    } finally {
      clearTimeout(timer);
    }
  }

  @AcceptsRefreshToken()
  @NeedsRight('hub.observe')
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Metrics of the hub in the Prometheus text format' })
  exposition(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
