export const HELP = `spillway-event-store [options]
spillway-event-store import [options] (-from-sqlite FILE | -from-postgres)

Keeps events and log lines, in the place of ClusterCockpit's cc-event-store and with its configuration files.

  -config FILE         the configuration (default ./config.json)
  -loglevel LEVEL      debug, info, warn, err, fatal or crit (default info)
  -logdate             accepted as of old: lines of the log always have their time
  -version             says which version this is
  -help                this

import copies what the original has stored into the storage of the configuration. It may be run again: what is there
already stays there once.

  -from-sqlite FILE    a database file of the original
  -from-postgres       tables of the original in the PostgreSQL database of the configuration
  -undated keep-as TIME
                       the time of records whose own was lost, as 2026-01-31T12:00:00Z or in Unix seconds (default:
                       they are left out, and counted)
  -dry-run             says what would be copied, and copies nothing (it makes the storage where there is none)

Options take one dash or two, and their value as the next word or behind =, as in -config=config.json.
The program ends with 1 and a sentence when it cannot start.
`;
