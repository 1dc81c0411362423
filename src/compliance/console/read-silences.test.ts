import { afterAll, beforeAll, expect, it } from 'vitest';
import { known } from '#base/index.ts';
import { documentText, type Fields } from '../document.ts';
import { readSilences } from './read-silences.ts';
import { complianceHandlers } from './service.ts';
import { agentNamed, openTestCompliance, type TestCompliance } from './testing.ts';

let test: TestCompliance;
beforeAll(async () => {
  test = await openTestCompliance();
  await test.run('prod-1', 'shop');
});
afterAll(() => test.close());

const [beginning, minute] = [Date.parse('2026-11-30T12:00:00Z'), 60_000];

/** What the host saw so many minutes after the beginning, and says now. */
async function report(
  saw: number,
  stopped: readonly { readonly name: string; readonly stopped: string }[],
): Promise<void> {
  const fields: Fields = { unusedImages: known([], 'images'), stoppedContainers: known(stopped, 'containers') };
  const body = {
    subject: { kind: 'host', id: 'self', name: 'prod-1' },
    documents: [{ kind: 'host', text: documentText(fields) }],
  };
  const facts = [{ at: new Date(beginning + saw * minute).toISOString(), body }];
  await test.store.transaction(async (transaction) => {
    await complianceHandlers.compliance(transaction, agentNamed('prod-1'), facts);
  });
  await test.store.idle();
}

async function silences(): Promise<readonly unknown[]> {
  await test.compliance.watchTime();
  await test.store.idle();
  const minuteOf = (at: Date | undefined) => at && (at.getTime() - beginning) / minute;
  const found = await readSilences(test.store, { since: new Date(0), until: test.now(), isWanted: () => true });
  return found.map(({ host, from, to }) => [host, minuteOf(from), minuteOf(to)]);
}

it('a silence ends when the host is heard of again, also by what it saw meanwhile', async () => {
  await report(0, []);
  test.pass(25);
  expect(await silences()).toEqual([]);
  test.pass(1);
  expect(await silences()).toEqual([['prod-1', 26, undefined]]);
  // Its network was cut, and it kept what it saw at minute 20.
  test.pass(14);
  await report(20, [{ name: 'old', stopped: '2026-01-01T00:00:00Z' }]);
  expect(await silences()).toEqual([['prod-1', 26, 40]]);
  test.pass(30);
  expect(await silences()).toEqual([
    ['prod-1', 70, undefined],
    ['prod-1', 26, 40],
  ]);
});
