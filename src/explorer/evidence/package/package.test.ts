import type { KeyObject } from 'node:crypto';
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { keyFingerprint, signHandOver } from '#compliance/index.ts';
import { sampleAssessment } from '../oscal/sample.testing.ts';
import { documentPath, paths } from './paths.ts';
import {
  otherKeys,
  packed,
  pemOf,
  sampleAuthority,
  sampleDocument,
  sampleInput,
  sampleKeys,
  sampleLeaves,
  samplePart,
} from './testing.ts';
import { problemWords, type Verification, verifyEvidenceFile } from './verify/index.ts';

const fingerprint = keyFingerprint(pemOf(sampleKeys.publicKey));
const verified = (content: Uint8Array): Verification => verifyEvidenceFile(content, [fingerprint]);
const reasonOf = (found: Verification): string =>
  found.state === 'verified' ? 'verified' : (found.problems.map(problemWords)[0]?.split(':')[0] ?? 'none');

const good = packed(sampleInput());
const filesOf = (content: Uint8Array): Record<string, Uint8Array> => unzipSync(content);

/** The good package with other files; nobody signed it again. */
function tampered(change: (files: Record<string, Uint8Array>) => Zippable): Uint8Array {
  return zipSync(change(filesOf(good)));
}

/** A package whose log is another, signed again by the key of the installation. */
function resigned(change: Partial<ReturnType<typeof samplePart>>): Uint8Array {
  return packed(sampleInput({ ...samplePart(), ...change }));
}

describe('a package', () => {
  test('verifies, and says what was verified', () => {
    expect(verified(good)).toEqual({
      state: 'verified',
      verified: {
        installation: sampleAssessment.installation,
        at: sampleAssessment.at,
        about: 'nist-800-190. Environment: all. Application: all. View of mara: whole estate.',
        files: 17,
        rows: 5,
        heads: 3,
        documents: 2,
        trials: 1,
        authorities: [sampleAuthority],
      },
    });
  });

  test('is the same for equal evidence', () => {
    expect(packed(sampleInput()).equals(good)).toBe(true);
  });

  test('verifies with rows of a part of a batch', () => {
    const alone = { heads: samplePart().heads.slice(2), batches: [], leaves: sampleLeaves() };
    expect(reasonOf(verified(resigned(alone)))).toBe('verified');
    const without = { ...alone, leaves: alone.leaves.slice(1) };
    expect(reasonOf(verified(resigned(without)))).toBe('log-row-left-out');
    const turned = { ...alone, leaves: alone.leaves.toReversed() };
    expect(reasonOf(verified(resigned(turned)))).toBe('log-row-left-out');
    expect(reasonOf(verified(resigned({ ...alone, leaves: [...alone.leaves, ...alone.leaves.slice(0, 1)] })))).toBe(
      'log-row-reordered',
    );
  });

  test('verifies where rows name forgotten ones, and says how many heads have none', () => {
    const part = { ...samplePart(), batches: [], leaves: sampleLeaves() };
    expect(reasonOf(verified(resigned(part)))).toBe('log-row-left-out');
    expect(verified(resigned({ ...part, forgotten: [1] }))).toMatchObject({ verified: { rows: 2, forgotten: 1 } });
  });

  test.each(Object.keys(filesOf(good)))('does not verify with another %s', (path) => {
    const changed = tampered((files) => {
      const content = Buffer.from(files[path] ?? '');
      content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1;
      return { ...files, [path]: content };
    });
    expect(['file-changed', 'forged', 'unreadable', 'other-key']).toContain(reasonOf(verified(changed)));
  });

  test.each(Object.keys(filesOf(good)))('does not verify without %s', (path) => {
    const without = tampered((files) => Object.fromEntries(Object.entries(files).filter(([name]) => name !== path)));
    expect(reasonOf(verified(without))).toBe('file-missing');
  });

  test('does not verify with a file more', () => {
    expect(reasonOf(verified(tampered((files) => ({ ...files, 'note.txt': Buffer.from('x') }))))).toBe('file-unknown');
  });

  test('does not verify by another key, nor signed again by another', () => {
    expect(reasonOf(verifyEvidenceFile(good, [keyFingerprint(pemOf(otherKeys.publicKey))]))).toBe('other-key');
    const input = sampleInput(samplePart(otherKeys.privateKey));
    const theirs = { ...input, evidence: { ...input.evidence, keys: [pemOf(otherKeys.publicKey)] } };
    expect(reasonOf(verified(packed(theirs, otherKeys.privateKey)))).toBe('other-key');
    // Whoever names our key and signs with his own.
    expect(reasonOf(verified(packed(input, otherKeys.privateKey)))).toBe('forged');
  });

  test('verifies by the key before, where that one gave over to the one that signed', () => {
    const [before, after] = [sampleKeys, otherKeys].map(({ publicKey }) => pemOf(publicKey));
    const statement = {
      installation: sampleAssessment.installation,
      from: keyFingerprint(before ?? ''),
      to: keyFingerprint(after ?? ''),
      at: '2026-11-30T12:00:00.000Z',
    };
    const input = sampleInput();
    const rotated = (signers: { readonly from: KeyObject; readonly to: KeyObject }) => {
      const evidence = { ...input.evidence, keys: [before ?? '', after ?? ''] };
      return packed(
        { ...input, evidence: { ...evidence, handOvers: [signHandOver(statement, signers)] } },
        otherKeys.privateKey,
      );
    };
    const [from, to] = [sampleKeys.privateKey, otherKeys.privateKey];
    const honest = rotated({ from, to });
    // Heads are of the key before, the manifest of the one after.
    for (const given of [statement.from, statement.to])
      expect(reasonOf(verifyEvidenceFile(honest, [given]))).toBe('verified');
    // Whoever stole the key before takes nobody in who trusts the one after.
    const stolen = packed(
      {
        ...input,
        evidence: {
          ...input.evidence,
          keys: [after ?? '', before ?? ''],
          handOvers: [signHandOver(statement, { from, to })],
        },
      },
      from,
    );
    expect(reasonOf(verifyEvidenceFile(stolen, [statement.to]))).toBe('other-key');
    // Whoever signs a hand-over to a key of his own without the one before.
    expect(reasonOf(verified(rotated({ from: to, to })))).toBe('other-key');
  });

  const [whole, second] = samplePart().batches;
  const textsOf = whole?.texts ?? [];
  const heads = samplePart().heads;
  test.each([
    [
      'a row that was changed',
      { batches: [{ batch: 1, texts: textsOf.with(1, (textsOf[1] ?? '').replace('web', 'wab')) }] },
      'log-row-changed',
    ],
    ['a row that was left out', { batches: [{ batch: 1, texts: textsOf.toSpliced(1, 1) }] }, 'log-row-left-out'],
    ['rows in another order', { batches: [{ batch: 1, texts: textsOf.toReversed() }] }, 'log-row-reordered'],
    ['a head that was left out', { heads: heads.toSpliced(1, 1) }, 'log-head-missing'],
    ['heads that another key signed', { heads: samplePart(otherKeys.privateKey).heads }, 'log-other-key'],
    [
      'rows of a batch without a head',
      { heads: heads.slice(1), batches: [{ batch: 1, texts: textsOf }, ...(second ? [second] : [])] },
      'log-head-missing',
    ],
  ])('signed again does not verify with %s', (_, change, reason) => {
    expect(reasonOf(verified(resigned(change)))).toBe(reason);
  });

  test('does not verify with heads of another installation', () => {
    const input = sampleInput(samplePart(), { installation: 'another' });
    expect(reasonOf(verified(packed(input)))).toBe('log-other-installation');
  });

  test('does not verify with a document that is not what rows name', () => {
    const input = sampleInput();
    const documents = [{ ...sampleDocument, text: sampleDocument.text.replace('true', 'false') }];
    const changed = packed({ ...input, evidence: { ...input.evidence, documents } });
    expect(reasonOf(verified(changed))).toBe('document-changed');
  });

  test('does not verify with an imported file that is not the one of its name', () => {
    const input = sampleInput();
    const withFile = (text: string) =>
      packed({ ...input, evidence: { ...input.evidence, imported: [{ hash: sampleDocument.hash, text }] } });
    expect(reasonOf(verified(withFile(sampleDocument.text)))).toBe('verified');
    expect(reasonOf(verified(withFile('<TestResult/>')))).toBe('document-changed');
  });

  test('has every file that its OSCAL and its report name, with the hash that OSCAL says', () => {
    const files = filesOf(good);
    const manifest = JSON.parse(Buffer.from(files[paths.manifest] ?? '').toString());
    const sums = new Map(manifest.files.map((file: { path: string; sha256: string }) => [file.path, file.sha256]));
    const results = Buffer.from(files['oscal/assessment-results.json'] ?? '').toString();
    const rlinks = [
      ...results.matchAll(
        /"href":"\.\.\/([^"]+)","media-type":"[^"]+","hashes":\[{"algorithm":"SHA-256","value":"([^"]+)"/g,
      ),
    ];
    expect(rlinks.length).toBeGreaterThan(1);
    for (const [, path = '', hash] of rlinks) expect.soft(sums.get(path), path).toBe(hash);
    const report = Buffer.from(files[paths.report] ?? '').toString();
    const links = [...report.matchAll(/href="([^#"][^"]*)"/g)].map(([, path = '']) => path);
    expect(links).toContain(documentPath(sampleDocument.hash));
    expect(links.filter((path) => !sums.has(path))).toEqual([]);
  });

  test('shows what was not assessed first, and no markup of hosts', () => {
    const report = Buffer.from(filesOf(good)[paths.report] ?? '').toString();
    expect(report.indexOf('<h2>Not assessed</h2>')).toBeLessThan(report.indexOf('<h2>Controls</h2>'));
    expect(report).toContain('The network dimension would assess it.');
    expect(report).toContain('&lt;b&gt;*evil*&lt;/b&gt;');
    expect(report).not.toContain('<b>*evil*');
    expect(report).toContain('2026-11-29: no record');
    // Paper shows no titles of marks.
    expect(report).toMatch(/<li>2026-11-28: <span class="state met">Met<\/span><\/li><li>2026-11-29: no record\. This/);
    expect(report).toContain('There is no record here of days before 2026-11-28.');
    // A rate and a coverage of 100 % say nothing of a question that nobody answered.
    expect(report.match(/Questions with a full answer<b>0 of 1<\/b>/g)).toHaveLength(1);
    expect(report).toMatch(/data-label="Coverage">–<\/td><td class="number" data-label="Answered">0 of 1</);
  });

  test('shows no name that turns the reading direction', () => {
    const turned = '\u202edekcatta\u0000';
    const subjects = sampleAssessment.subjects.map((one) => ({ ...one, name: turned }));
    const report = Buffer.from(filesOf(packed(sampleInput(samplePart(), { subjects })))[paths.report] ?? '').toString();
    expect(report).toContain('\ufffddekcatta\ufffd');
    expect(report).not.toMatch(/[^\P{Cc}\t\n\r]|\p{Bidi_Control}/u);
  });

  test('names the documents by which people confirmed something', () => {
    const [control] = sampleAssessment.controls;
    const question = control?.questions[0]?.id ?? '';
    const [id, at, until] = ['1', '2026-11-01T00:00:00Z', '2027-11-01T00:00:00Z'];
    const one = { id, control: control?.id ?? '', question, statement: 'Handbook <4>', author: 'Mara', at, until };
    const files = filesOf(packed(sampleInput(samplePart(), { attestations: [one] })));
    const report = Buffer.from(files[paths.report] ?? '').toString();
    expect(report.match(/Confirmed by Mara: “Handbook &lt;4&gt;”, from [^<]*2026[^<]* until [^<]*2027/g)).toHaveLength(
      1,
    );
  });

  test('says on its cover whose view it is', () => {
    const scope = { askedBy: 'dev', collections: ['shop'] };
    const report = Buffer.from(filesOf(packed(sampleInput(samplePart(), { scope })))[paths.report] ?? '').toString();
    expect(report).toContain('only the collections shop');
  });

  test('names the subjects of an answer by the numbers of the table, and who attested it', () => {
    const input = sampleInput();
    const subjects = [3];
    const answers = input.assessment.answers.map((one) =>
      one.source === 'gate-canary' ? { ...one, subjects, records: [] } : one,
    );
    const files = filesOf(packed({ ...input, assessment: { ...input.assessment, answers } }));
    const [told] = JSON.parse(Buffer.from(files['evidence/answers/gate-canary.json'] ?? '').toString());
    expect(told).toMatchObject({
      subjects: [{ kind: 'image', name: 'surge/web:1' }],
      subjectNumbers: [4],
      attested: [{ statement: 'The list of trusted registries was reviewed.', author: 'mara' }],
    });
    expect(Buffer.from(files[paths.subjects] ?? '').toString()).toMatch(/^4,image,,sha256:aa,surge\/web:1/m);
  });

  test('says once why a question is open, and on the cover', () => {
    const input = sampleInput();
    const reason = 'Silent since 2026-11-29 08:00:00 UTC.';
    const controls = input.assessment.controls.map((control) => ({
      ...control,
      questions: control.questions.map((one) =>
        one.id === 'settings'
          ? { ...one, subjects: { ...one.subjects, 'not-assessed': 1 }, reason: `evil: ${reason}` }
          : one,
      ),
    }));
    const content = packed({ ...input, assessment: { ...input.assessment, controls } });
    const report = Buffer.from(filesOf(content)[paths.report] ?? '').toString();
    expect(report.split(reason)).toHaveLength(3);
  });

  test('has every day of each control, also those without a record', () => {
    expect(Buffer.from(filesOf(good)[paths.days] ?? '').toString()).toBe(
      [
        'control,day,state,rate,coverage',
        '4.4.3,2026-11-28,met,1,1',
        '4.4.3,2026-11-29,no record,,',
        `4.4.3,2026-11-30,not-met,0,${2 / 3}`,
        '',
      ].join('\r\n'),
    );
  });

  test('tells what a part of the product answered in the words of each question', () => {
    const answers = Buffer.from(filesOf(good)[paths.answers] ?? '').toString();
    expect(answers).toMatch(/^4\.1\.5,met,gate,pass,gate-canary,,The question gate is answered,pass,/m);
    expect(answers).toMatch(/^4\.4\.3,not-met,settings,fail,CTR-001,2,The container is not privileged,fail,/m);
  });

  test('has tables that no spreadsheet computes', () => {
    const subjects = Buffer.from(filesOf(good)[paths.subjects] ?? '').toString();
    expect(subjects).toContain(`"'=HYPERLINK(""x"")"`);
  });

  test.each([
    ['=1', `'=1`],
    ['＝1', `'＝1`],
    ['\n@x', `"'\n'@x"`],
    ['x;=1', `x;'=1`],
    ['x; "=1"', `"x; ""'=1"""`],
    ['a-b;c', 'a-b;c'],
  ])('has the name %j as %s in its tables', (name, cell) => {
    const subjects = [{ kind: 'container' as const, host: 'quay-02', id: 'c3', name }];
    const files = filesOf(packed(sampleInput(samplePart(), { subjects, answers: [] })));
    expect(Buffer.from(files[paths.subjects] ?? '').toString()).toContain(`,c3,${cell},`);
  });
});
