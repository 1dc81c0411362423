import { type QueryClient, useQuery } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { getMe } from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { isSignedOut, reading } from '../api.ts';
import { signInPath } from './link-secret.ts';

/** Who is signed in. */
export const meReading = { ...reading(getMe), staleTime: 60_000 };

export function useMe(): ReplyOf<typeof getMe> | undefined {
  return useQuery(meReading).data;
}

/** Lets only those in who are signed in; others go to the sign-in page, which leads back here. */
export async function guard(queries: QueryClient, href: string): Promise<void> {
  try {
    await queries.ensureQueryData(meReading);
  } catch (error) {
    if (isSignedOut(error)) throw redirect({ to: signInPath, search: href === '/' ? {} : { next: href } });
    throw error;
  }
}
