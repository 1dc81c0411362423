import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { asked, beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { networks, papers, records, wireless } = outsideReasons;

const otherRecords = beyond(
  'Records of applications and of other systems are not seen. A review of them would assess this.',
);

/** Requirements 10 and 11: records, and tests of security. */
export const monitoringRequirements: readonly Control[] = [
  ...outside(papers, { '10.1': 'Duties for records are written down' }),
  mapped(
    {
      id: '10.2.1',
      title: 'Records are written',
      definition: 'Hosts audit what controls their engines, keep logs, and engines log at level info.',
    },
    [
      ...asked('4.5.4/audited', '4.5.4/logs', '4.4.5/principal'),
      checked('The engine logs at level info', ids('DMN', [3])),
      otherRecords,
    ],
  ),
  ...outside(records, {
    '10.2.2': 'Records say who did what, when and where',
    '10.3.1': 'Few people read records',
  }),
  mapped(
    {
      id: '10.3.2',
      title: 'Nobody changes records',
      definition: 'Auditing is on, locked and loses no events, and its rules survive a restart.',
    },
    [checked('Auditing is locked and survives a restart', ids('HST', [19, 68])), otherRecords],
  ),
  mapped(
    {
      id: '10.3.3',
      title: 'Records are sent to another machine',
      definition: 'Logins and uses of sudo are recorded elsewhere, and logs of containers leave the host.',
    },
    [
      ...asked('4.5.4/delivered'),
      checked('Logs of containers are kept and leave the host', [...ids('DMN', [13]), ...ids('CTR', [71])]),
      otherRecords,
    ],
  ),
  mapped(
    {
      id: '10.3.4',
      title: 'Changes of records are noticed',
      definition: 'A program watches the files of the host for changes.',
    },
    [checked('A program watches the host’s files for changes', ids('HST', [69])), otherRecords],
  ),
  mapped(
    {
      id: '10.4.1',
      title: 'Records are reviewed every day',
      definition: 'Each incident of a container is handled, and a person confirms that logins are reviewed.',
    },
    [...asked('4.4.4/incidents', '4.5.4/reviewed'), otherRecords],
  ),
  ...outside(records, { '10.4.2': 'Other records are reviewed from time to time' }),
  mapped(
    {
      id: '10.4.3',
      title: 'What was noticed is followed up',
      definition: 'Each incident of a container is handled, and none about programs of others is open.',
    },
    [...asked('4.4.4/incidents', '4.4.4/image-programs'), otherRecords],
  ),
  ...outside(records, { '10.5': 'Records are kept for a year' }),
  mapped(
    {
      id: '10.6.1',
      title: 'Clocks are synchronised',
      definition: 'The clock of each host is synchronised.',
    },
    [checked('The clock is synchronised', ids('HST', [54]))],
  ),
  ...outside(records, {
    '10.6.2': 'Time comes from servers that are agreed on',
    '10.6.3': 'Settings of the time are guarded',
  }),
  ...outside('It asks of providers what 10.7.2 asks of all. The evidence of 10.7.2 would assess this.', {
    '10.7.1': 'Providers notice failures of security systems',
  }),
  mapped(
    {
      id: '10.7.2',
      title: 'Failures of security systems are noticed',
      definition:
        'Agents report, gates were seen to refuse, sensors lost no event, and feeds of vulnerabilities are current.',
    },
    [
      ...asked('4.3.5/reporting', '4.1.5/gate-refuses', '4.4.4/no-lost-events', '4.1.1/feeds-current'),
      beyond('Other security systems are not seen. Their own alerts would assess this.'),
    ],
  ),
  ...outside(papers, {
    '10.7.3': 'Failures of security systems are dealt with',
    '11.1': 'Duties for tests of security are written down',
  }),
  ...outside(wireless, { '11.2': 'Unknown wireless access points are found' }),
  mapped(
    {
      id: '11.3.1',
      title: 'Systems are scanned for vulnerabilities from inside',
      definition:
        'Every running image and every host was scanned completely, and matched again after the newest feed of vulnerabilities came.',
    },
    [
      ...asked(
        '4.1.1/scan-complete',
        '4.1.1/nothing-unscanned',
        '4.1.1/feeds-current',
        '4.1.1/matched-again',
        '4.5.3/verdict',
      ),
      beyond('Other systems of the network are not scanned. A scan of the network would assess this.'),
    ],
  ),
  ...outside(networks, {
    '11.3.2': 'Systems are scanned for vulnerabilities from outside',
    '11.4': 'Attacks are tried by testers',
  }),
  mapped(
    {
      id: '11.5.1',
      title: 'Intrusions are noticed or prevented',
      definition:
        'Every container has an active model of its behaviour and is armed with it, the sensor lost no event, and no incident is left open.',
    },
    [
      ...asked('4.4.4/model-active', '4.4.4/armed', '4.4.4/no-lost-events', '4.4.4/incidents'),
      beyond('Traffic of networks is not inspected. A network sensor would assess this.'),
    ],
  ),
  mapped(
    {
      id: '11.5.2',
      title: 'Changes of important files are noticed',
      definition:
        'Something watches the files of hosts, programs of packages are unchanged, and root file systems are read-only.',
    },
    [...asked('4.5.5/host-files', '4.1.3/unchanged', '4.1.3/no-drift', '4.4.4/settings')],
  ),
  ...outside('It is about pages that browsers of customers show. A monitor of these pages would assess this.', {
    '11.6': 'Changes of payment pages are noticed',
  }),
];
