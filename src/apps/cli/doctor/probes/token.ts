import { getMe } from '#access/contract.ts';
import { type AppError, isAppError } from '#base/index.ts';
import { call } from '#http/index.ts';
import { type Answer, fine, probe, stops, unknown } from '../probe.ts';

interface TokenFact {
  readonly isGiven: boolean;
  readonly url?: string;
  readonly answer?: { readonly name: string; readonly role: string } | Pick<AppError, 'code' | 'message' | 'next'>;
}

export const token = probe({
  id: 'token',
  title: 'API token',
  parts: ['cli'],
  look: async ({ token: given, consoleUrl: url }): Promise<TokenFact> => {
    if (given === undefined || url === undefined)
      return { isGiven: given !== undefined, ...(url !== undefined && { url }) };
    const options = { baseUrl: url, token: given, signal: AbortSignal.timeout(8000) };
    try {
      const { name, role } = await call(getMe, {}, options);
      return { isGiven: true, url, answer: { name, role } };
    } catch (error) {
      if (isAppError(error)) return { isGiven: true, url, answer: error };
      throw error;
    }
  },
  judge: judgeToken,
});

export function judgeToken({ isGiven, url, answer }: TokenFact): Answer {
  if (!isGiven) return fine('none is given');
  if (url === undefined || answer === undefined)
    return unknown('A token is given and no console.', 'Name its console with --console or SEAWALL_CONSOLE.');
  if (!('code' in answer)) return fine(`${answer.name}, ${answer.role}`);
  if (answer.code === 'not-signed-in' || answer.code === 'bad-credentials')
    return stops(
      'The console does not take the token: it is wrong, revoked or expired, or its owner lost access.',
      'Make another on the page Access, or with `seawall token NAME` where the console runs.',
    );
  return unknown(`Whether the token is good is not known: ${answer.message}`, answer.next);
}
