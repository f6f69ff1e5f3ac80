/** Exactly what real senders put on the wire (contract §3), and what is to be found of it. Times are of 2026-11-27. */
export interface SenderSample {
  readonly sender: string;
  readonly bytes: string;
  readonly found: Readonly<Record<string, unknown>>;
}

export const SENDER_SAMPLES: readonly SenderSample[] = [
  {
    sender: 'cc-lib http sink, in seconds',
    bytes:
      String.raw`slurm,cluster=tc,function=node_down,hostname=a0001,type=node event="line one\nline two" 1795176057` +
      '\n',
    found: {
      Event: 'line one\nline two',
      timestamp: 1_795_176_057,
      name: 'slurm',
      hostname: 'a0001',
      type: 'node',
    },
  },
  {
    sender: 'cc-lib nats sink, several lines in milliseconds',
    bytes: 'ccmc,cluster=tc,hostname=a0002,loglevel=warn log="one" 1795176057123\n',
    found: { Log: 'one', timestamp: 1_795_176_057, time: '2026-11-20T12:00:57.123Z', name: 'ccmc' },
  },
  {
    sender: 'cc-event-client',
    bytes:
      'myevent,cluster=tc,hostname=vm event="This is \\"my\\" \\\\ event\nsecond line" 1795176057541046835\n',
    found: {
      Event: 'This is "my" \\ event\nsecond line',
      timestamp: 1_795_176_057,
      name: 'myevent',
      hostname: 'vm',
    },
  },
  {
    sender: 'cc-slurm-adapter, of a job without a partition and without a cluster tag',
    bytes:
      'job,function=stop_job,hostname=login1,partition=,type=node,type-id=0 ' +
      String.raw`event="{\"cluster\":\"tc\",\"jobId\":69,\"jobState\":\"failed\"}" 1795176057000000000` +
      '\n',
    found: {
      Event: '{"cluster":"tc","jobId":69,"jobState":"failed"}',
      name: 'job',
      tags: { function: 'stop_job' },
    },
  },
  {
    sender: 'ToLineProtocol without tags',
    bytes: 'job, event="no tags" 1795176057000000000\n',
    found: { Event: 'no tags', name: 'job' },
  },
  {
    sender: 'Telegraf',
    bytes:
      'syslog,cluster=tc,host=a0003,severity=err log="disk \\"sda\\"\nfailed",facility_code=3i 1795176057000000000\n',
    found: {
      Log: 'disk "sda"\nfailed',
      hostname: 'a0003',
      tags: { severity: 'err' },
      fields: { facility_code: 3 },
    },
  },
  {
    sender: 'the old specification, bare JSON',
    bytes: 'job,cluster=tc,function=stop_job event={"jobId": 69, "text": "a } b"} 1795176057\n',
    found: { Event: '{"jobId": 69, "text": "a } b"}', timestamp: 1_795_176_057 },
  },
];
