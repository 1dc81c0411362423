import { request } from 'node:http';
import table from './routes.json' with { type: 'json' };

/** A question that every engine answers, and that the plugin refuses so that it is seen whether the engine asks it. */
export const { target: trialTarget, refusal: trialRefusal } = table.trial;

/**
 * Whether the engine asks the plugin about its clients' requests. What it says of its plugins does not tell: that is what
 * it read at its start, and it may have read its settings again since. Rejects where it does not answer in time.
 */
export async function asksPlugin(socketPath: string, patience = 10_000): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const signal = AbortSignal.timeout(patience);
  const sent = request({ socketPath, path: trialTarget, headers: { host: 'docker' }, signal }, async (response) => {
    try {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      resolve(response.statusCode === 403 && Buffer.concat(parts).includes(trialRefusal));
    } catch (error) {
      reject(error);
    }
  });
  sent.on('error', reject);
  sent.end();
  return await promise;
}
