import type { CommandEntry, OptionEntry } from '../command.ts';
import { dbOptions, news, quiet } from './shared-options.ts';

const dropped: OptionEntry = {
  flags: '--dropped <file>',
  summary: 'list there, tab separated, what the database does not keep, or not whole',
};

const acceptSmaller: OptionEntry = {
  flags: '--accept-smaller <feed>',
  summary: 'take this file of the feeds although it lost more than half of its entries',
  repeated: true,
};

/** `seawall db` and the commands below it. */
export const dbCommand: CommandEntry = {
  name: 'db',
  usage: '',
  summary: 'Build, fetch and inspect the vulnerability database',
  examples: ['seawall db info', 'seawall db build --feeds ./feeds --out vulnerability.db'],
  options: [],
  load: () => import('./db-info.ts'),
  commands: [
    {
      name: 'build',
      usage: '',
      summary: 'Build it from a folder of OSV dumps, KEV, EPSS and CVSS',
      examples: ['seawall db build --feeds ./feeds --out vulnerability.db'],
      options: [
        { flags: '--feeds <folder>', summary: 'folder of feeds (SEAWALL_FEEDS)' },
        { flags: '--out <file>', summary: 'file to write (this user’s database)' },
        dropped,
        acceptSmaller,
        quiet,
        news,
      ],
      load: () => import('./db-build.ts'),
    },
    {
      name: 'update',
      usage: '',
      summary: 'Fetch the public feeds and build it from them',
      examples: ['seawall db update'],
      options: [
        { flags: '--out <file>', summary: 'file to write (this user’s database)' },
        dropped,
        acceptSmaller,
        quiet,
        news,
      ],
      load: () => import('./db-update.ts'),
    },
    {
      name: 'import',
      usage: '<file>',
      summary: 'Take over a database file that was built elsewhere',
      examples: ['seawall db import /media/usb/vulnerability.db --db-key builder.pub'],
      options: [
        ...dbOptions.slice(1),
        { flags: '--older', summary: 'take it although it is older than the one in use' },
      ],
      load: () => import('./db-import.ts'),
    },
    {
      name: 'info',
      usage: '',
      summary: 'Sources, counts, age and signature',
      examples: ['seawall db info', 'seawall db info --format json'],
      options: [...dbOptions, { flags: '--format <format>', summary: 'table or json', default: 'table' }],
      load: () => import('./db-info.ts'),
    },
  ],
};
