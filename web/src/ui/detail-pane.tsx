import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Drawer.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import { useNarrow, useWide } from './viewport.ts';

interface PaneProps {
  /** What the pane is about, for screen readers. */
  readonly title: string;
  readonly opened: boolean;
  readonly close: () => void;
  /** `beside`: stands at the right of a list where there is room. `over`: always a drawer. */
  readonly place: 'beside' | 'over';
  /** Word at the top of the drawer. */
  readonly kind?: string;
  readonly children: ReactNode;
}

/** Details of one row: a pane at the right when there is room, else a drawer, from below on a phone. */
export function DetailPane({ title, opened, close, place, kind = 'Finding', children }: PaneProps): ReactNode {
  const wide = useWide();
  const narrow = useNarrow();
  if (place === 'beside' && wide) {
    return (
      <aside className="detail" aria-label={title}>
        <div className="detail-stick">{children}</div>
      </aside>
    );
  }
  return (
    <Drawer
      opened={opened}
      onClose={close}
      withCloseButton={false}
      position={narrow ? 'bottom' : 'right'}
      size={narrow ? '86%' : 440}
      padding={0}
      transitionProps={{ duration: 120 }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      attributes={{ content: { 'aria-label': title } }}
      classNames={{ content: 'detail' }}
    >
      <div className="drawer-head">
        <span className="strong">{kind}</span>
        <button type="button" className="icon-btn" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </Drawer>
  );
}
