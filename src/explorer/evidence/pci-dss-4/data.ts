import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { data, papers, people } = outsideReasons;

/** Requirements 3 and 4: card data where it is kept, and on its way. */
export const dataRequirements: readonly Control[] = [
  ...outside(papers, { '3.1': 'Duties for stored card data are written down' }),
  ...outside(data, {
    '3.2': 'Little card data is kept, and not for long',
    '3.3': 'Data that authorises payments is not kept afterwards',
    '3.4': 'Card numbers are masked where they are shown',
    '3.5': 'Stored card numbers cannot be read',
  }),
  mapped(
    {
      id: '3.6.1',
      title: 'Keys that protect stored data are guarded',
      definition: 'No layer of an image holds a private key.',
    },
    [
      checked('No layer holds a private key', ids('IMG', [31])),
      beyond('Where keys are kept and who reads them is not seen. A review of the key store would assess this.'),
    ],
  ),
  ...outside(papers, {
    '3.7': 'Keys are made, changed and retired by a procedure',
    '4.1': 'Duties for card data in transit are written down',
  }),
  mapped(
    {
      id: '4.2.1',
      title: 'Card data is encrypted on open networks',
      definition: 'No image switches the verification of certificates off, neither when it runs nor in its build.',
    },
    [
      checked('Images verify the certificates of servers', ids('IMG', [38, 55])),
      beyond('Connections of applications are not observed. A test of each of them would assess this.'),
    ],
  ),
  ...outside(people, { '4.2.2': 'Card numbers are not sent by messages without protection' }),
];
