import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { asChecks } from './as-checks.ts';
import { knownQuestions, openOwnTemplate, readOwnTemplate } from './own-template.ts';

const good = `id: own-payments
title: Our payments platform
summary: What we ask of it
controls:
  - id: P-1
    title: Images are patched
    text: Every running image was scanned.
    sp80053: [RA-5, IA-5(7)]
    questions:
      - nist-800-190/4.1.1/scan-complete
      - hipaa/164.312(d)/checks
    checks: [IMG-001, CTR-001]
  - id: P-2
    title: Visitors are accompanied
    text: Nobody enters alone.
    notAssessed: It is about buildings. A visit would assess this.
`;

describe('a template that somebody writes', () => {
  test('is read from YAML, and from JSON', async () => {
    const read = await readOwnTemplate(good);
    if (read.state !== 'read') throw new Error(JSON.stringify(read.problems));
    expect(await readOwnTemplate(JSON.stringify(read.template, undefined, 1))).toEqual(read);
    expect(read.template.controls.map(({ id }) => id)).toEqual(['P-1', 'P-2']);
  });

  test('becomes questions, those of the release as they are there', async () => {
    const read = await readOwnTemplate(good);
    if (read.state !== 'read') throw new Error('It is not read.');
    const [patched, visitors] = openOwnTemplate(read.template).controls;
    expect(patched?.questions.map(({ id, required, by }) => [id, required, by.kind])).toEqual([
      ['nist-800-190-4.1.1-scan-complete', true, 'product'],
      ['hipaa-164.312(d)-checks', true, 'checks'],
      ['checks', true, 'checks'],
    ]);
    expect(visitors).toMatchObject({ questions: [], notAssessed: 'It is about buildings. A visit would assess this.' });
    const chosen = asChecks(openOwnTemplate(read.template));
    const none = { nist: [], cis: [] };
    expect(['IMG-001', 'HST-027', 'IMG-002'].map((id) => chosen.sectionsOf({ id, ...none }))).toEqual([
      ['P-1'],
      ['P-1'],
      [],
    ]);
  });

  test('keeps what a release no longer knows as a question that nothing answers', () => {
    const about = {
      id: 'C',
      title: 'C',
      text: 'C',
      sp80053: [],
      questions: ['nist-800-190/9/gone'],
      checks: ['OLD-001'],
    };
    const template = { id: 'own-old', title: 'Old', summary: 'Old', controls: [about] };
    const [control] = openOwnTemplate(template).controls;
    expect(control?.questions.map(({ by, required }) => [by.kind, required])).toEqual([
      ['nothing', true],
      ['nothing', true],
    ]);
    for (const { by } of control?.questions ?? [])
      expect(by).toMatchObject({ reason: expect.stringMatching(/does not know .*would assess this\.$/) });
  });

  const big = limits.ownTemplateQuestions.value + 1;
  const many = [...knownQuestions.keys()].slice(0, 50);
  const control = (id: string, questions: readonly string[]): string =>
    `  - {id: "${id}", title: T, text: T, questions: ${JSON.stringify(questions)}}\n`;
  const head = 'id: own-a\ntitle: A\nsummary: A\ncontrols:\n';

  const wrong: readonly (readonly [what: string, text: string, message: string, line?: number])[] = [
    ['nothing', '', 'The template: '],
    ['no YAML', 'id: [', ''],
    ['a list', '- 1\n', 'The template: '],
    ['an id of another form', good.replace('own-payments', 'payments'), 'id: it begins with own-', 1],
    ['no title', good.replace('title: Our payments platform\n', ''), 'title: '],
    ['a field that is not known', good.replace('summary:', 'note: x\nsummary:'), 'The template: Unrecognized key'],
    ['no controls', 'id: own-a\ntitle: A\nsummary: A\ncontrols: []\n', 'controls: '],
    ['a control without id', good.replace('id: P-1', 'name: P-1'), 'controls[0].id: '],
    ['an id of a control with spaces', good.replace('id: P-1', 'id: P 1'), 'controls[0].id: it has letters', 5],
    [
      'two controls of one id',
      good.replace('id: P-2', 'id: P-1'),
      'controls[1].id: a control before it is P-1 too',
      13,
    ],
    [
      'a check that is not there',
      good.replace('IMG-001', 'IMG-999'),
      'controls[0].checks[0]: there is no check IMG-999: seawall list checks names them',
      12,
    ],
    [
      'a check of this console',
      good.replace('IMG-001', 'custom-x'),
      'controls[0].checks[0]: there is no check custom-x',
      12,
    ],
    ['a check twice', good.replace('CTR-001', 'IMG-001'), 'controls[0].checks[1]: IMG-001 stands twice', 12],
    [
      'a question that is not there',
      good.replace('4.1.1/scan-complete', '4.1.1/scanned'),
      'controls[0].questions[0]: there is no question nist-800-190/4.1.1/scanned: write TEMPLATE/CONTROL/QUESTION',
      10,
    ],
    [
      'a name of an object',
      good.replace('nist-800-190/4.1.1/scan-complete', 'constructor'),
      'controls[0].questions[0]',
      10,
    ],
    [
      'a control of SP 800-53 of another form',
      good.replace('RA-5', 'ra5'),
      'controls[0].sp80053[0]: it is written as',
      8,
    ],
    [
      'neither questions nor a reason',
      good.replace(/ {4}notAssessed: .*\n/, ''),
      'controls[1]: name questions or checks, or say under notAssessed why there are none',
      13,
    ],
    [
      'questions and a reason',
      `${good}    checks: [IMG-001]\n`,
      'controls[1].notAssessed: it stands in the place of questions',
      16,
    ],
    ['anchors', good.replace('[IMG-001, CTR-001]', '&a [IMG-001]'), 'Anchors and aliases are not read here.', 12],
    ['a text that is too long', `${good}#${' '.repeat(limits.ownTemplateBytes.value)}`, 'The text is larger than'],
    [
      'more controls than may be',
      head + Array.from({ length: 151 }, (_, at) => control(`C${at}`, many.slice(0, 1))).join(''),
      'controls: ',
    ],
    [
      'more questions than may be',
      head + Array.from({ length: Math.ceil(big / 50) }, (_, at) => control(`C${at}`, many)).join(''),
      `controls: there are ${Math.ceil(big / 50) * 50} questions, and ${limits.ownTemplateQuestions.value} may be`,
    ],
  ];

  test.each(wrong.map((one) => [one[0], one] as const))(
    'with %s is refused, with the place and what to do',
    async (_, [, text, message, line]) => {
      const read = await readOwnTemplate(text);
      expect(read.state).toBe('refused');
      if (read.state === 'read') return;
      expect(read.problems[0]?.message.startsWith(message), JSON.stringify(read.problems)).toBe(true);
      if (line !== undefined) expect(read.problems[0]?.line).toBe(line);
    },
  );
});
