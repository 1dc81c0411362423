import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { asked, beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { papers, people, recovery } = outsideReasons;

/** 164.308: administrative safeguards. */
export const administrativeSafeguards: readonly Control[] = [
  ...outside(papers, { '164.308(a)(1)(i)': 'Security is managed as a process' }),
  mapped(
    {
      id: '164.308(a)(1)(ii)(A)',
      title: 'Risks are analysed',
      definition:
        'Vulnerabilities of every running image and every host are known, from scans that are complete and feeds that are current.',
    },
    [
      ...asked('4.1.1/scan-complete', '4.1.1/nothing-unscanned', '4.1.1/feeds-current', '4.5.3/kernel-known'),
      beyond('Risks other than those of containers and hosts are not known. A risk analysis would assess this.'),
    ],
  ),
  mapped(
    {
      id: '164.308(a)(1)(ii)(B)',
      title: 'Risks are reduced',
      definition:
        'The policies fail no running image, no host and no program that runs containers. Images, containers and engines are configured as required.',
    },
    [
      ...asked(
        '4.1.1/verdict',
        '4.5.3/verdict',
        '4.4.1/packages',
        '4.1.2/configuration',
        '4.4.3/containers',
        '4.4.3/engines',
      ),
      beyond('Measures against other risks are not seen. A review of the risk plan would assess this.'),
    ],
  ),
  ...outside(people, { '164.308(a)(1)(ii)(C)': 'Who breaks the rules is sanctioned' }),
  mapped(
    {
      id: '164.308(a)(1)(ii)(D)',
      title: 'Activity of systems is reviewed',
      definition:
        'Hosts keep logs, each incident of a container is handled, and a person confirms that logins are reviewed.',
    },
    [
      ...asked('4.5.4/logs', '4.4.4/incidents', '4.5.4/reviewed'),
      beyond('Records of applications are not seen. A review of them would assess this.'),
    ],
  ),
  ...outside(papers, { '164.308(a)(2)': 'One person answers for security' }),
  ...outside(people, {
    '164.308(a)(3)(i)': 'Staff has access as its work needs',
    '164.308(a)(3)(ii)(A)': 'Staff with access is authorised or supervised',
    '164.308(a)(3)(ii)(B)': 'It is checked who may have access',
  }),
  mapped(
    {
      id: '164.308(a)(3)(ii)(C)',
      title: 'Access ends when people leave',
      definition: 'No account of the console is dormant for more than 90 days.',
    },
    [
      ...asked('4.3.2/dormant'),
      beyond('Accounts of other systems are not seen. A review of people who left would assess this.'),
    ],
  ),
  ...outside(papers, {
    '164.308(a)(4)(i)': 'Policies say who gets access to health data',
    '164.308(a)(4)(ii)(A)': 'A clearinghouse is kept apart from the rest of its organisation',
  }),
  mapped(
    {
      id: '164.308(a)(4)(ii)(B)',
      title: 'Access is authorised',
      definition:
        'Only named accounts control engines, a plugin judges every request to them, and tokens of this console are limited.',
    },
    [
      ...asked('4.3.1/engine-accounts', '4.3.1/engine-requests', '4.3.1/scopes', '4.3.1/cluster-roles'),
      beyond('Access to applications is not seen. A review of its approvals would assess this.'),
    ],
  ),
  ...outside(people, {
    '164.308(a)(4)(ii)(C)': 'Access is reviewed and changed',
    '164.308(a)(5)(i)': 'Staff is trained in security',
    '164.308(a)(5)(ii)(A)': 'Staff is reminded of security',
  }),
  mapped(
    {
      id: '164.308(a)(5)(ii)(B)',
      title: 'Malicious software is found and reported',
      definition:
        'Layers of running images were searched with current signatures of malware and hold none. Programs of packages are unchanged.',
    },
    [
      ...asked('4.1.3/signatures-current', '4.1.3/no-malware', '4.1.3/unchanged', '4.1.3/no-drift'),
      beyond('Procedures of the staff, and files of hosts, are not looked at. A review of both would assess this.'),
    ],
  ),
  mapped(
    {
      id: '164.308(a)(5)(ii)(C)',
      title: 'Logins are watched',
      definition: 'Logins and uses of sudo are recorded on another machine, and a person confirms their review.',
    },
    [
      ...asked('4.5.4/delivered', '4.5.4/reviewed'),
      beyond('Logins of applications are not seen. A review of their records would assess this.'),
    ],
  ),
  mapped(
    {
      id: '164.308(a)(5)(ii)(D)',
      title: 'Passwords are guarded',
      definition:
        'No account has an empty password. Images, containers and services hold no secret, and hosts keep no password of a registry in clear text.',
    },
    [
      ...asked('4.1.4/images', '4.1.4/containers', '4.1.4/services', '4.2.3/passwords'),
      checked('No account has an empty password', [...ids('HST', [62]), ...ids('IMG', [47])]),
      beyond('How people choose and change passwords is not seen. A review of the procedures would assess this.'),
    ],
  ),
  ...outside(papers, { '164.308(a)(6)(i)': 'Policies say how incidents are dealt with' }),
  mapped(
    {
      id: '164.308(a)(6)(ii)',
      title: 'Incidents are answered and written down',
      definition: 'Each incident of a container is handled, and none about programs of others is open.',
    },
    [
      ...asked('4.4.4/incidents', '4.4.4/image-programs'),
      beyond('Incidents of other systems are not seen. A review of their records would assess this.'),
    ],
  ),
  ...outside(recovery, {
    '164.308(a)(7)(i)': 'A plan for emergencies exists',
    '164.308(a)(7)(ii)(A)': 'Health data is backed up',
    '164.308(a)(7)(ii)(B)': 'Lost data can be restored',
    '164.308(a)(7)(ii)(C)': 'Security holds in an emergency',
    '164.308(a)(7)(ii)(D)': 'Plans for emergencies are tested',
    '164.308(a)(7)(ii)(E)': 'It is known which applications matter most',
  }),
  mapped(
    {
      id: '164.308(a)(8)',
      title: 'Security is evaluated again and again',
      definition:
        'What hosts report is evaluated within 10 minutes, and images are matched again after each feed of vulnerabilities.',
    },
    [
      ...asked('4.4.3/evaluated', '4.1.1/matched-again'),
      beyond('Evaluations that are not technical are not seen. A review of them would assess this.'),
    ],
  ),
  ...outside(papers, {
    '164.308(b)(1)': 'Covered entities have contracts with business associates',
    '164.308(b)(2)': 'Business associates have contracts with subcontractors',
    '164.308(b)(3)': 'These contracts are in writing',
  }),
];
