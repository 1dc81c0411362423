import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isAppError } from '#base/index.ts';
import { isSignedOut } from '../api.ts';

/** The cache of all readings. Live events say when one is out of date; a minute is the limit where none come. */
export function createQueries(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isSignedOut(error)) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isAppError(error) && error.code === 'console-unreachable',
        retryDelay: 700,
      },
      mutations: { networkMode: 'always' },
    },
  });
}
