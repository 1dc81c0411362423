import type { CommandEntry } from '../command.ts';

/** `seawall audit` and the commands below it. */
export const auditCommand: CommandEntry = {
  name: 'audit',
  usage: '',
  summary: 'The trail of who changed what',
  examples: ['seawall audit verify', 'seawall audit accept-restore --reason "disk lost, copy of Sunday restored"'],
  options: [],
  load: () => import('./audit-verify.ts'),
  commands: [
    {
      name: 'verify',
      usage: '',
      summary: 'Verify that no entry of the trail was changed or taken out',
      examples: [
        'seawall audit verify',
        'seawall audit verify --console https://seawall.example:8083 --token seawall_…',
      ],
      options: [
        { flags: '--console <url>', summary: 'ask this console (SEAWALL_CONSOLE), else the one that runs here' },
        { flags: '--token <token>', summary: 'token of an auditor or administrator (SEAWALL_TOKEN)' },
      ],
      load: () => import('./audit-verify.ts'),
    },
    {
      name: 'accept-restore',
      usage: '',
      summary: 'Acknowledge, on its machine, that the console goes on from an older copy of its data',
      examples: ['seawall audit accept-restore --reason "disk lost, copy of Sunday restored"'],
      options: [{ flags: '--reason <text>', summary: 'why it was restored; the trail keeps it' }],
      load: () => import('./audit-accept-restore.ts'),
    },
  ],
};
