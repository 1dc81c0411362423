import { byProduct } from '../ask.ts';

/** Of the gates of a host: more than one control rests on them. */
export const blockRuleInForce = byProduct(
  { id: 'block-rule', text: 'In prod the rules that the host enforces block images that fail' },
  'block-rule',
);

export const gateRefuses = byProduct(
  { id: 'gate-refuses', text: 'Each gate of the host refused its canary within the last 10 minutes' },
  'gate-refuses',
);

export const blockLinesTried = byProduct(
  { id: 'block-lines', text: 'Each block line in force refused each try of the last day' },
  'block-lines',
);
