import type { Limits } from '#base/index.ts';

/** What bounds those who read the pages. */
export const limits = {
  liveViews: {
    value: 200,
    unit: 'views',
    per: 'console',
    answer: 'the stream of live events ends',
    why: 'Pages of users who may see the same share a view; each view looks at each event once.',
  },
  evidencePackage: {
    value: 50 * 1024 * 1024,
    unit: 'bytes',
    per: 'package of evidence',
    answer: '422 too-costly',
    why: 'It holds each distinct answer and document once: 10,000 containers in 400 configurations fit.',
  },
  evidencePackages: { value: 1, unit: 'packages of evidence at once', per: 'user or token', answer: '429 busy' },
  evidenceRows: {
    value: 300_000,
    unit: 'rows of the evidence log',
    per: 'package of evidence',
    answer: '422 too-costly',
  },
  attestations: {
    value: 2000,
    unit: 'attestations',
    per: 'console',
    answer: 'bad-request',
    why: 'A page shows them all, the newest first.',
  },
  ownTemplates: {
    value: 10,
    unit: 'own templates of controls',
    per: 'console',
    answer: '409 limit-reached',
    why: 'How each subject stands is kept for every question of every template.',
  },
  ownTemplateBytes: {
    value: 128 * 1024,
    unit: 'characters',
    per: 'own template',
    answer: '400',
    why: 'Some 100 controls with their texts and checks.',
  },
  ownTemplateControls: { value: 150, unit: 'controls', per: 'own template', answer: '400' },
  ownTemplateQuestions: { value: 300, unit: 'questions of all its controls', per: 'own template', answer: '400' },
} as const satisfies Limits;
