import { z } from 'zod';
import { line } from '#http/fields.ts';
import { ruleFace } from '#rules/contract.ts';
import { ComplianceEffect, complianceEffects } from '../../../contract-effect.ts';

/** Folders of the host, and what lies in them, mounted by whatever form of mount; `/` is the whole host. */
export const hostPaths = ruleFace({
  setting: z.object({
    kind: z.literal('host-paths'),
    deny: z.array(line(4096)).min(1).max(200),
    effect: ComplianceEffect,
  }),
  name: 'Host path mounts',
  about: 'folders and disks of the host',
  fields: {
    effect: { label: 'Host path mounts', choices: complianceEffects },
    deny: {
      label: 'Host paths to match, with everything below them',
      help: 'Separated by spaces; / is the whole host.',
      form: 'words',
      missing: 'Name a path.',
    },
  },
  beginning: { kind: 'host-paths', effect: 'ignore', deny: ['/'] },
  sentence: () => 'host path mounts',
});
