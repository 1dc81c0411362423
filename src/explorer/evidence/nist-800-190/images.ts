import { byChecks, byDocument, byProduct, ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { blockLinesTried, blockRuleInForce, gateRefuses } from './shared-questions.ts';

/** Section 4.1: images. */
export const imageControls: readonly Control[] = [
  {
    id: '4.1.1',
    title: 'Vulnerabilities of images',
    definition:
      'Every running image was scanned completely. Its packages were matched again after the newest feed of vulnerabilities came, and the policies of its environment do not fail it. No image runs that nobody scanned.',
    sp80053: ['RA-5', 'SI-2'],
    questions: [
      byProduct({ id: 'scan-complete', text: 'Each running image has a complete scan' }, 'image-scanned'),
      byProduct({ id: 'nothing-unscanned', text: 'The host has no image that could not be scanned' }, 'host-unscanned'),
      byProduct({ id: 'feeds-current', text: 'Each feed of vulnerabilities is within its age limit' }, 'feeds-current'),
      byProduct({ id: 'matched-again', text: 'The image was matched after the last feed came' }, 'image-matched'),
      byProduct({ id: 'verdict', text: 'The policies of its environments do not fail the image' }, 'image-verdict'),
    ],
  },
  {
    id: '4.1.2',
    title: 'Configuration of images',
    definition:
      'Every image on a host is configured as required: no root user, no remote shell, no leftovers of its build. Its base is proven and current. In prod a rule blocks images that fail the policies, and the gates were seen to refuse.',
    sp80053: ['CM-2', 'CM-6', 'CM-7'],
    questions: [
      byChecks(
        { id: 'configuration', text: 'The image is configured as required' },
        ids(
          'IMG',
          [1, 2, 3, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28, 35, 36, 47, 48, 49, 50, 51, 52, 53, 54, 55, 60, 61],
        ),
      ),
      byProduct(
        { id: 'base-proven', text: 'The base of the image is proven to be a trusted one' },
        'image-base-proven',
      ),
      byProduct({ id: 'base-current', text: 'The base of the image is the newest of its tag' }, 'image-base-current'),
      blockRuleInForce,
      gateRefuses,
    ],
  },
  {
    id: '4.1.3',
    title: 'Malware in images',
    definition:
      'Every layer of every running image was scanned with a set of malware signatures that is at most 7 days old. No layer holds malware or a miner, programs of packages are unchanged, and no container has an open incident about changed programs.',
    sp80053: ['SI-3'],
    questions: [
      byProduct(
        { id: 'signatures-current', text: 'The signatures of the scan were at most 7 days old' },
        'malware-set',
      ),
      byChecks({ id: 'no-malware', text: 'No layer holds known malware' }, ids('IMG', [40])),
      byChecks(
        { id: 'unchanged', text: 'Packaged programs are unchanged, and there is no miner' },
        ids('IMG', [39, 41]),
      ),
      byProduct({ id: 'no-drift', text: 'No incident about changed programs is open' }, 'no-drift'),
    ],
  },
  {
    id: '4.1.4',
    title: 'Secrets in images',
    definition:
      'Layers, build history, environment variables, labels and command lines hold no secret. Services get their secrets from the swarm. A person confirms which secret store the applications use.',
    sp80053: ['IA-5(7)', 'SC-28'],
    questions: [
      byChecks(
        { id: 'images', text: 'Layers, history, environment and labels of the image hold no secret' },
        ids('IMG', [29, 30, 31, 32, 33, 34, 35]),
      ),
      byChecks(
        { id: 'containers', text: 'Environment and command line of the container hold no secret' },
        ids('CTR', [72, 73]),
      ),
      byChecks({ id: 'services', text: 'Services get their secrets from the swarm' }, ids('SWM', [4])),
      byDocument({ id: 'secret-store', text: 'Applications get their secrets from a secret store' }, 'secret-store'),
    ],
  },
  {
    id: '4.1.5',
    title: 'Only trusted images run',
    definition:
      'The origin of every running image is proven, and every running container was admitted by a gate. On every host a gate blocks, and it refused its canary within the last 10 minutes. A person reviewed the list of trusted sources within 90 days.',
    sp80053: ['CM-7(5)', 'SI-7(15)', 'SR-11', 'CM-14'],
    questions: [
      byProduct({ id: 'origin-proven', text: 'The origin of the image is proven' }, 'image-origin'),
      byProduct({ id: 'admitted', text: 'A gate admitted the container' }, 'container-admitted'),
      byProduct({ id: 'gate-blocks', text: 'A gate of the host blocks' }, 'gate-blocks'),
      gateRefuses,
      blockLinesTried,
      byDocument({ id: 'trust-reviewed', text: 'The list of trusted sources was reviewed' }, 'trust-reviewed'),
    ],
  },
];
