import type { Command } from './arguments/options.js';

export const OVERVIEW = `spillway-event COMMAND [options]

Writes to and reads from an event store or a Spillway hub, over HTTP or NATS.

  send     sends an event or a log line
  query    prints what was stored
  tail     prints what comes, as it comes

spillway-event COMMAND --help says what a command can do; --version which version this is.
It ends with 0 when all is done, with 1 when something failed, and with 2 when it does not understand what is asked for.
`;

const CONNECTION = `Where to:
  --url URL             an event store (default http://localhost:8088), a hub, or a project of a hub:
                        https://hub.example.com/hub/v1/organizations/ORG/projects/PROJECT
  --token TOKEN         better in SPILLWAY_EVENT_TOKEN, where other users do not see it
  --nats URL            a NATS server instead: nats://nats.example.com:4222, or tls://…
  --subject SUBJECT     of NATS (default ee-hpc-nats)
  --user, --password    of NATS; or --creds FILE`;

const VARIABLES = `Each option can be a variable instead: SPILLWAY_EVENT_URL, SPILLWAY_EVENT_TYPE_ID and so on; what is said as an option counts.
NODE_EXTRA_CA_CERTS names a PEM file of authorities to trust besides the system's.
`;

const FILTERS = `  --cluster NAME        of that cluster
  --name NAME           of that name, as job
  --host NAME           of that host
  --type, --type-id, --stype, --stype-id
                        with these tags
  --kind event|log      events (the default) or log lines
  --limit NUMBER        so many at the most
  --json                prints JSON, one message to a line, instead of a table`;

export const HELP: Readonly<Record<Command, string>> = {
  send: `spillway-event send [options] PAYLOAD

Sends an event or a log line. Over HTTP it is stored when the command ends with 0; over NATS the server has it.

  PAYLOAD               its text; - reads it from standard input
  --lines               sends each line of standard input as a message of its own

  --name NAME           the event's class, or the component that writes the log (default myevent)
  --cluster NAME        the cluster that it is of
  --hostname NAME       the host that it is of (default: this one)
  --type, --type-id, --stype, --stype-id, --tag KEY=VALUE
                        more tags; --tag may be there several times
  --field KEY=VALUE     a value beside the payload: a number, 3i for a whole one, true, false, or text
  --log                 a log line instead of an event
  --level LEVEL         of a log line: debug, info, warn or error
  --time TIME           now (the default), 5m ago as 5m, 2026-01-31T12:00:00Z, or seconds since 1970
  --timeout TIME        how long it is tried (default 30s)

${CONNECTION}

${VARIABLES}
Examples:
  spillway-event send --cluster alex "node drained"
  spillway-event send --cluster alex --name job --tag function=stop_job '{"jobId": 69}'
  journalctl -f -o cat | spillway-event send --cluster alex --log --name syslog --lines
  spillway-event send --nats nats://nats.example.com:4222 --cluster alex "node drained"
`,
  query: `spillway-event query --cluster NAME [options]

Prints what was stored, the oldest first.

${FILTERS}
  --from TIME           since then: 1h ago as 1h (the default), 2026-01-31T12:00:00Z, or seconds since 1970
  --to TIME             up to then (default now)
  --timeout TIME        how long it is tried (default 30s)

Where from: --url and --token, as of send.

${VARIABLES}
Examples:
  spillway-event query --cluster alex --name job --from 1d
  spillway-event query --cluster alex --kind log --host a0001 --limit 100 --json
`,
  tail: `spillway-event tail --cluster NAME [options]

Prints what comes, until it is ended (Ctrl-C).

${FILTERS}
  --from TIME           begins with what was stored since then (HTTP only)
  --interval TIME       how often it asks (default 2s; HTTP only)
  --overlap TIME        how much later than its own time a message may be stored and is shown all the same (default 60s; HTTP only)

${CONNECTION}
                        Over NATS --cluster may be left out, and what is sent while there is no connection is not seen.

${VARIABLES}
Examples:
  spillway-event tail --cluster alex
  spillway-event tail --nats nats://nats.example.com:4222 --subject 'alex.events.>' --json
`,
};
