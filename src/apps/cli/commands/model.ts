import type { CommandEntry } from '../command.ts';
import { consoleOptions } from './shared-options.ts';

/** `seawall model` and the commands below it. */
export const modelCommand: CommandEntry = {
  name: 'model',
  usage: '',
  summary: 'Models of what images do',
  examples: [
    'seawall model list',
    'seawall model show surge/gauge-ingest:3.9',
    'seawall model replay surge/gauge-ingest:3.9 --days 7',
    'seawall model relearn surge/gauge-ingest:3.9',
  ],
  options: [],
  load: () => import('./model-list.ts'),
  commands: [
    {
      name: 'list',
      usage: '',
      summary: 'Models, one for each entrypoint of an image, and how far each has come',
      examples: ['seawall model list', 'seawall model list --format json'],
      options: [
        { flags: '--format <format>', summary: 'table or json (one object a line)', default: 'table' },
        ...consoleOptions,
      ],
      load: () => import('./model-list.ts'),
    },
    {
      name: 'show',
      usage: '<image>',
      summary: 'What the models of an image hold',
      examples: ['seawall model show surge/gauge-ingest:3.9', 'seawall model show sha256:7173b809ca12 --format json'],
      options: [
        { flags: '--format <format>', summary: 'table or json (one object a line)', default: 'table' },
        ...consoleOptions,
      ],
      load: () => import('./model-show.ts'),
    },
    {
      name: 'replay',
      usage: '<image>',
      summary: 'What prevent would have stopped in the last days, line by line; nothing is changed',
      examples: [
        'seawall model replay surge/gauge-ingest:3.9',
        'seawall model replay surge/gauge-ingest:3.9 --days 7 --format json',
      ],
      options: [
        { flags: '--days <days>', summary: 'how far to look back: 1 to 42', default: '14' },
        {
          flags: '--when <when>',
          summary: 'prevent from now on, or once the evidence suffices (protect-ready)',
          default: 'now',
        },
        { flags: '--environment <name>', summary: 'only the models of this environment; none: of none' },
        { flags: '--format <format>', summary: 'table or json (one object a line)', default: 'table' },
        ...consoleOptions,
      ],
      load: () => import('./model-replay.ts'),
    },
    {
      name: 'export',
      usage: '<image>',
      summary: 'Write the models of an image whole, evidence and decisions, one object a line',
      examples: ['seawall model export surge/gauge-ingest:3.9'],
      options: [{ flags: '--format <format>', summary: 'json', default: 'json' }, ...consoleOptions],
      load: () => import('./model-export.ts'),
    },
    {
      name: 'relearn',
      usage: '<image>',
      summary: 'Relearn the models of an image; decisions stay',
      examples: ['seawall model relearn surge/gauge-ingest:3.9'],
      options: [...consoleOptions],
      load: () => import('./model-relearn.ts'),
    },
  ],
};
