import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/PasswordInput.layer.css';
import '@mantine/core/styles/ActionIcon.layer.css';
import '@mantine/core/styles/UnstyledButton.layer.css';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { listTokens } from '#access/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { ErrorState } from '../../ui/blank.tsx';
import { counted } from '../../ui/format.ts';
import { Fact, PageHead } from '../../ui/page-head.tsx';
import { NewToken } from './new-token.tsx';
import { PasswordSection } from './password-section.tsx';
import { TokenTable } from './token-table.tsx';
import './access-page.css';

/** Tokens for machines, and one's own password. */
export function AccessPage(): ReactNode {
  const me = useMe();
  const { data, error, refetch } = useQuery(reading(listTokens));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <>
      <PageHead
        title="Access"
        verdict={data ? `${counted(data.tokens.length, 'API token')}.` : ''}
        reason={data && 'Scanners and builds come in by token; people by link or password.'}
        facts={
          <>
            <Fact name="Signed in as">{me?.name}</Fact>
            <Fact name="Password">{me?.hasPassword === true ? 'set' : 'none, links only'}</Fact>
          </>
        }
      />
      <div className="split access-split">
        <section className="section">
          <header>
            <h2>API tokens</h2>
            <span className="quiet small">only their hash is stored</span>
          </header>
          <NewToken />
          <TokenTable tokens={data?.tokens} />
        </section>
        <PasswordSection hasPassword={me?.hasPassword === true} />
      </div>
    </>
  );
}
