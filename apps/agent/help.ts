export const HELP = `npm run agent -- --hub URL --token TOKEN --cluster NAME --logs DIR [options]

Sends the log lines of a database host's servers, and the host's load, memory and disks, to a Spillway hub.

  --hub URL              the hub, such as https://hub.example.com
  --token TOKEN          an ingest token; better in SPILLWAY_AGENT_TOKEN, where other users do not see it
  --cluster NAME         the cluster's name or id at the hub
  --logs DIR             the servers' log directory; directories one level below it are read, too

  --node NAME            what this node is called (default: the host's name)
  --state DIR            where the place in the files and the spool are kept (default ./agent-data)
  --spool-limit SIZE     how much may wait on disk, compressed, while the hub is away (default 512MB)
  --stats                sends the servers' statistics files, too
  --host-interval TIME   how often the host is measured (default 15s)
  --data-dir DIR         the database's directory, to measure its disk
  --index-dir DIR        the index's directory, to measure its disk
  --ca FILE              PEM of the authorities to trust for the hub
  --help                 this

Each option can be a variable instead: SPILLWAY_AGENT_HUB, SPILLWAY_AGENT_SPOOL_LIMIT and so on.
LOG_LEVEL says how much the agent tells of itself (default info).
`;
