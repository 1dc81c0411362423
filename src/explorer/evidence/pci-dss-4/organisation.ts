import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { asked, beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { data, papers, people } = outsideReasons;

/** Requirement 12 and the annexes: how the organisation is run. */
export const organisationRequirements: readonly Control[] = [
  ...outside(papers, {
    '12.1': 'A policy for security exists and is known',
    '12.2': 'Use of devices and services is regulated',
    '12.3.1': 'Risks behind chosen intervals are analysed',
    '12.3.2': 'Risks of own solutions are analysed',
    '12.3.3': 'Ciphers in use are listed and reviewed',
  }),
  mapped(
    {
      id: '12.3.4',
      title: 'Technology that gets no more updates is known',
      definition: 'The distribution of each image still gets security updates.',
    },
    [
      checked('The distribution still gets security updates', ids('IMG', [6])),
      beyond('Support of hardware and of other software is not known. A yearly review of it would assess this.'),
    ],
  ),
  ...outside(papers, { '12.4': 'Providers see to their duties' }),
  mapped(
    {
      id: '12.5.1',
      title: 'Systems in scope are listed',
      definition:
        'Every host has an agent that joined and reports, no container runs outside the view of its engine, and no image is left unscanned.',
    },
    [
      ...asked('4.3.5/joined', '4.3.5/reporting', '4.4.5/engine-view', '4.1.1/nothing-unscanned'),
      beyond('Systems without an agent are not listed. A list of all systems in scope would assess this.'),
    ],
  ),
  ...outside(data, { '12.5.2': 'The scope is confirmed every year' }),
  ...outside(papers, { '12.5.3': 'Changes of the organisation are followed by a review of the scope' }),
  ...outside(people, { '12.6': 'People are trained in security', '12.7': 'People are checked before they are hired' }),
  ...outside(papers, {
    '12.8': 'Risks of third parties are managed',
    '12.9': 'Third parties confirm their duties',
    '12.10.1': 'A plan for incidents exists',
    '12.10.2': 'The plan for incidents is tested every year',
  }),
  ...outside(people, {
    '12.10.3': 'Somebody answers to incidents at all times',
    '12.10.4': 'Those who answer are trained',
  }),
  mapped(
    {
      id: '12.10.5',
      title: 'Alerts of security systems are answered',
      definition: 'Each incident of a container is handled, and none about programs of others is open.',
    },
    [
      ...asked('4.4.4/incidents', '4.4.4/image-programs'),
      beyond('Alerts of other systems are not seen. A review of them would assess this.'),
    ],
  ),
  ...outside(papers, { '12.10.6': 'The plan for incidents follows what was learned' }),
  ...outside(data, { '12.10.7': 'Card data in unexpected places is dealt with' }),
  ...outside(papers, {
    A1: 'Customers of shared providers are kept apart',
    A2: 'Old protocols of payment terminals are guarded',
    A3: 'Designated organisations meet further requirements',
  }),
];
