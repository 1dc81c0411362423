import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { asked, beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { code, data, papers, people, premises, records } = outsideReasons;

const hostsToo = beyond(
  'Files of hosts are not searched for malware, only layers of images. A scanner of the hosts would assess this.',
);

/** Requirements 5 and 6: malware, vulnerabilities and changes. */
export const softwareRequirements: readonly Control[] = [
  ...outside(papers, { '5.1': 'Duties for protection from malware are written down' }),
  mapped(
    {
      id: '5.2.1',
      title: 'Systems are protected from malware',
      definition:
        'Every layer of every running image was searched with signatures of malware, and containers are armed.',
    },
    [...asked('4.1.3/signatures-current', '4.4.4/armed'), hostsToo],
  ),
  mapped(
    {
      id: '5.2.2',
      title: 'Known malware is found and kept out',
      definition: 'No layer holds known malware or a miner, and programs of packages are unchanged.',
    },
    [...asked('4.1.3/no-malware', '4.1.3/unchanged', '4.1.3/no-drift'), hostsToo],
  ),
  ...outside(papers, { '5.2.3': 'Systems without protection are looked at again' }),
  mapped(
    {
      id: '5.3.1',
      title: 'Signatures of malware are current',
      definition: 'The signatures of each scan were at most 7 days old.',
    },
    asked('4.1.3/signatures-current'),
  ),
  mapped(
    {
      id: '5.3.2',
      title: 'Systems are searched regularly, or watched all the time',
      definition:
        'Layers of running images hold no known malware. The behaviour of every container has an active model, and the container is armed with it.',
    },
    [...asked('4.1.3/no-malware', '4.4.4/model-active', '4.4.4/armed'), hostsToo],
  ),
  ...outside(premises, { '5.3.3': 'Removable media are searched' }),
  ...outside(records, { '5.3.4': 'Records of the protection are kept' }),
  mapped(
    {
      id: '5.3.5',
      title: 'Users cannot switch the protection off',
      definition: 'Each gate of a host was seen to refuse, containers are armed, and the sensor lost no event.',
    },
    asked('4.1.5/gate-refuses', '4.4.4/armed', '4.4.4/no-lost-events'),
  ),
  ...outside(people, { '5.4': 'People are protected from phishing' }),
  ...outside(papers, { '6.1': 'Duties for secure software are written down' }),
  ...outside(code, { '6.2': 'Own software is developed securely' }),
  mapped(
    {
      id: '6.3.1',
      title: 'Vulnerabilities are found and rated',
      definition:
        'Every running image and every host was scanned completely, and matched again after the newest feed of vulnerabilities came.',
    },
    asked(
      '4.1.1/scan-complete',
      '4.1.1/nothing-unscanned',
      '4.1.1/feeds-current',
      '4.1.1/matched-again',
      '4.5.3/kernel-known',
    ),
  ),
  mapped(
    {
      id: '6.3.2',
      title: 'Components of software are listed',
      definition: 'Every running image has a complete list of its packages, and its origin is proven.',
    },
    [
      ...asked('4.1.1/scan-complete', '4.1.1/nothing-unscanned', '4.1.5/origin-proven'),
      beyond('Software that runs outside containers is not listed. A list of it would assess this.'),
    ],
  ),
  mapped(
    {
      id: '6.3.3',
      title: 'Security updates are installed in time',
      definition:
        'The policies fail no running image, no host and no program that runs containers. No restart is pending, and containers run what their tags name now.',
    },
    [
      ...asked('4.1.1/verdict', '4.5.3/verdict', '4.5.3/no-restart-pending', '4.4.1/packages', '4.2.2/current'),
      checked('Distributions still get updates, and hosts install them automatically', [
        ...ids('IMG', [6]),
        ...ids('HST', [57]),
      ]),
    ],
  ),
  ...outside(code, { '6.4': 'Public web applications are protected from attacks' }),
  mapped(
    {
      id: '6.5.1',
      title: 'Changes follow a procedure',
      definition: 'A gate admitted every running container, and it is known who had it made.',
    },
    [
      ...asked('4.4.5/admitted', '4.4.5/principal'),
      beyond('Approvals and tests of changes are not seen. A review of tickets would assess this.'),
    ],
  ),
  ...outside(papers, { '6.5.2': 'Requirements are confirmed after large changes' }),
  mapped(
    {
      id: '6.5.3',
      title: 'Development and production are kept apart',
      definition: 'Hosts of dev, test and prod joined with tokens that name one environment.',
    },
    asked('4.4.5/apart'),
  ),
  ...outside(people, { '6.5.4': 'Development and production have different people' }),
  ...outside(data, {
    '6.5.5': 'Real card numbers are not used for tests',
    '6.5.6': 'Test data is removed before production',
  }),
];
