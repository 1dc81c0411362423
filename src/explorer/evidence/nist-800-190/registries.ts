import { byChecks, byChecksOrDocument, ids } from '../ask.ts';
import type { Control } from '../control.ts';

/** Section 4.2: registries. */
export const registryControls: readonly Control[] = [
  {
    id: '4.2.1',
    title: 'Encrypted connections to registries',
    definition:
      'Every host reaches every registry over TLS with a certificate that it verifies. Neither the engine nor containerd makes an exception, and mirrors are as trusted and as encrypted.',
    sp80053: ['SC-8'],
    questions: [
      byChecks(
        { id: 'encrypted', text: 'The registry answers over TLS, and the host verifies it' },
        ids('REG', [1, 2, 4, 5]),
      ),
      byChecks({ id: 'no-exceptions', text: 'The engine verifies the TLS of every registry' }, ids('DMN', [5])),
    ],
  },
  {
    id: '4.2.2',
    title: 'No stale images in registries',
    definition:
      'Every container runs the image that its tag names today, or is pinned by digest. Tags of releases are never overwritten, and neither old images nor images that fail can be deployed.',
    sp80053: ['CM-8', 'SI-2'],
    questions: [
      byChecks({ id: 'current', text: 'The container runs the image that its tag names now' }, ids('CTR', [59])),
      byChecks({ id: 'not-stale', text: 'No stale or failing image can be deployed' }, ids('REG', [9, 10, 11, 12])),
    ],
  },
  {
    id: '4.2.3',
    title: 'Access to registries',
    definition:
      'Nobody reads, writes or lists private repositories without signing in. Hosts keep no password in clear text. Each right to push is limited, and the registry reports who pushed; where its interface does not say so, a person confirms it.',
    sp80053: ['AC-3', 'AC-6', 'AU-12'],
    questions: [
      byChecks({ id: 'anonymous', text: 'The registry refuses callers who have not signed in' }, ids('REG', [6, 7, 8])),
      byChecks({ id: 'passwords', text: 'The host keeps no registry password in clear text' }, ids('REG', [14])),
      byChecksOrDocument(
        { id: 'push-rights', text: 'Each right to push is limited to named repositories' },
        ids('REG', [13]),
        'registry-push-rights',
      ),
      byChecksOrDocument(
        { id: 'push-records', text: 'The registry reports who pushed and removed' },
        ids('REG', [16]),
        'registry-push-records',
      ),
    ],
  },
];
