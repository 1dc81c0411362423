import type { HostFile, HostFiles, HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { failIfAny, notApplicable } from '../../judgement.ts';
import { showMode, showOwner } from './file-access.ts';
import { hostCheck } from './host-check.ts';

const engineFiles = [
  'engineService',
  'engineSocketUnit',
  'engineFolder',
  'registryCertificates',
  'tlsAuthority',
  'tlsCertificate',
  'tlsKey',
  'engineSockets',
  'engineConfig',
  'engineDefaults',
  'engineSysconfig',
  'containerdSocket',
] as const satisfies readonly (keyof HostFiles)[];

/** Folders above the engine's files: who can write there can put another file in a file's place. */
export const parentChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'FIL-025',
    title: 'Folders above the engine’s files belong to root, and only root writes there',
    why: 'Whoever can write to a folder can replace what is in it, whatever the modes of the files say.',
    remedy: { host: 'chown root FOLDER; chmod go-w FOLDER' },
    severity: 'medium',
    nist: ['4.5.5'],
    version: 1,
    needs: engineFiles,
    judge: (facts) => {
      const found = engineFiles.flatMap((name) => facts[name]);
      return found.length === 0
        ? notApplicable('There are no files of an engine here.')
        : failIfAny(openFolders(found));
    },
  }),
];

function openFolders(files: readonly HostFile[]): readonly string[] {
  const folders = files.flatMap(({ parents }) => parents);
  const open = [
    ...folders.filter(({ mode }) => (mode & 0o022) !== 0).map(showMode),
    ...folders.filter(({ uid }) => uid !== 0).map(showOwner),
  ];
  return [...new Set(open)];
}
