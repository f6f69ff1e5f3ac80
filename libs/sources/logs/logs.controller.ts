import { Controller, Get, Header, Inject, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest } from '../../domain/index.js';
import { InTenant, Needs, PROJECT_PATH, Readmission, type Tenant } from '../../identity/index.js';
import type { HttpRequest } from '../../rest/index.js';
import { lineText } from './log-line.js';
import { LogReader } from './log-reader.js';
import { LogTails, type TailConnection } from './log-tails.js';
import { lastEventId, logQuery, tailQuery, type LogQuery, type TailQuery } from './logs.schema.js';

const RIGHT = 'clusters.read';

type Request = HttpRequest & { readonly raw: IncomingMessage };
interface Reply {
  readonly raw: ServerResponse;
}

/** The logs of clusters: page by page, and live. */
@ApiTags('logs')
@Needs(RIGHT)
@Controller(`hub/v1/${PROJECT_PATH}/clusters/:clusterId/logs`)
export class LogsController {
  constructor(
    @Inject(LogReader) private readonly reader: LogReader,
    @Inject(LogTails) private readonly tails: LogTails,
    private readonly readmission: Readmission,
  ) {}

  @Get()
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({
    summary: 'Log lines of a cluster, newest first by their own time',
    description:
      '`clusterId` is the id of a registered cluster, or the name of one that only sends lines. `message` is the structured event ' +
      'as an object where the line is one, and a text otherwise. A page may hold fewer lines than `limit`, or none, and have a ' +
      '`next` all the same: so much was looked through without finding more, or the lines are very long. Go on with ' +
      '`cursor` until `next` is null. Lines that come in meanwhile shift nothing.',
  })
  async read(
    @InTenant() { projectId }: Tenant,
    @Param('clusterId') cluster: string,
    @Query({ schema: logQuery }) query: LogQuery,
  ): Promise<string> {
    const { lines, next } = await this.reader.page(projectId, cluster, query);
    // The lines' own objects go out as they came.
    return `{"logs":[${lines.map(lineText).join(',')}],"next":${JSON.stringify(next)}}`;
  }

  @Get('tail')
  @Header('x-accel-buffering', 'no')
  // It would be of no more use afterwards, and nobody who stops the hub is to wait for it.
  @Header('connection', 'close')
  @ApiProduces('text/event-stream')
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received',
  })
  @ApiOperation({
    summary: 'Log lines of a cluster as they come in, as server-sent events',
    description:
      'In the order in which they were accepted, each once. Events: `log` (its id is the line’s `seq`, its data a line as in the ' +
      'list), `gap` (`{"count"}`: so many lines are left out because the reader is too far behind or they were ' +
      'forgotten), `end` (`{"reason"}`: `shutdown`, `unauthorized` or `failed`). A comment every 15 seconds shows ' +
      'that all is well. Whoever comes back with `Last-Event-ID` or `after` misses nothing. Without them it begins with what comes from now on.',
  })
  async tail(
    @InTenant() tenant: Tenant,
    @Param('clusterId') cluster: string,
    @Query({ schema: tailQuery }) { after, last, ...filter }: TailQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StreamableFile> {
    const tail = await this.tails.open({
      key: { projectId: tenant.projectId, cluster },
      filter,
      after: lastEventOf(request) ?? after,
      last,
      mayStay: () => this.readmission.mayStay(request, tenant, RIGHT),
      connection: connectionOf(request, reply),
    });
    return new StreamableFile(tail, { type: 'text/event-stream; charset=utf-8' });
  }
}

function lastEventOf({ headers }: HttpRequest): number | undefined {
  const text = headers['last-event-id'];
  if (text === undefined || text === '') return undefined;
  const { success, data } = lastEventId.safeParse(text);
  if (!success) throw badRequest({ 'last-event-id': 'must be the id of an event of this tail' });
  return data;
}

function connectionOf({ raw: { socket } }: Request, { raw }: Reply): TailConnection {
  const closed = new Promise<void>((resolve) => {
    raw.once('close', () => resolve());
    // The answer to a request that waits behind others on its connection may never be closed itself.
    socket.once('close', () => resolve());
  });
  return { closed, cut: () => void socket.destroy() };
}
