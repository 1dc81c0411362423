import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Shows a figure, and lights up once when it changes. */
export function Glow({
  value,
  children,
}: {
  readonly value: string | number;
  readonly children: ReactNode;
}): ReactNode {
  const before = useRef(value);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    setRound((last) => last + 1);
  }, [value]);
  return (
    <span key={round} className={round > 0 ? 'glow' : undefined}>
      {children}
    </span>
  );
}
