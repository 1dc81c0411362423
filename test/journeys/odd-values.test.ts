import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getOpenApi } from '#http/contract.ts';
import { type CallOptions, call, type OpenApiDocument } from '#http/index.ts';
import { oddAddresses, oddValues } from './odd-values.ts';
import { operationsOf } from './open-api-rules.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let administrator: CallOptions & { readonly token: string };
let document: OpenApiDocument;

beforeAll(async () => {
  seawall = await startConsole({ state: state.folder });
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'test', 'administrator') };
  document = (await call(getOpenApi, {}, administrator)) as unknown as OpenApiDocument;
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  state.remove();
});

/** Sends the path as it is written: `fetch` would make another of it. */
async function ask(
  method: string,
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await new Promise<{ status: number; text: string; wait: string | undefined }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${administrator.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const asked = request({ host: '127.0.0.1', port: seawall.port, method, path, headers }, (response) => {
      const { statusCode: status = 0 } = response;
      const wait = response.headers['retry-after'];
      if (response.headers['content-type']?.includes('event-stream') === true) {
        response.destroy();
        return resolve({ status, text: '', wait });
      }
      response.toArray().then((parts) => resolve({ status, text: parts.join(''), wait }), reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
  if (answer.status !== 429) return answer;
  await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.wait ?? 1)));
  return await ask(method, path, body);
}

describe('no parameter of any operation', () => {
  test('makes the console fail, whatever is written for it', { timeout: 600_000 }, async () => {
    let asked = 0;
    for (const operation of operationsOf(document)) {
      const body = operation.requestBody === undefined ? undefined : '{}';
      for (const { address, reported, value } of oddAddresses(operation, document)) {
        // Waiting for a verdict would only take time.
        const { status, text } = await ask(operation.method, address, body);
        const said = `${operation.method} ${operation.path}, ${reported}: ${status} ${text.slice(0, 200)}`;
        asked++;
        expect.soft(status, said).toBeLessThan(500);
        if (value.wanted === 'refused') expect.soft(status, said).toBeGreaterThanOrEqual(400);
      }
    }
    expect(asked).toBeGreaterThan(40 * oddValues.length);
  });
});

describe('no body of any operation', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const bodies = ['null', '[]', '"\\u0000"', '"\\ud800"', '{"__proto__":{}}', '1e400', deep, `{"name":${deep}}`];

  test('makes the console fail', { timeout: 300_000 }, async () => {
    for (const operation of operationsOf(document).filter(({ requestBody }) => requestBody !== undefined)) {
      const { address } = oddAddresses(operation, document).find(
        ({ value }) => value.name === 'a name of every object',
      ) ?? {
        address: operation.path,
      };
      for (const body of bodies) {
        const { status, text } = await ask(operation.method, address, body);
        expect
          .soft(status, `${operation.method} ${operation.path} with ${body.slice(0, 40)}: ${text.slice(0, 200)}`)
          .toBeLessThan(500);
      }
    }
  });
});
