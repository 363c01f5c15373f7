// The few signs the pages use, drawn so that they look the same whatever fonts a machine has.
import type { JSX } from 'preact';

const shapes = {
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  cross: <path d="m7 7 10 10M17 7 7 17" />,
  clock: <path d="M12 7v5.5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z" />,
  warning: (
    <path d="M12 9.5v4m0 3.2v.1M10.4 4.4 2.9 17.5A1.9 1.9 0 0 0 4.5 20.3h15a1.9 1.9 0 0 0 1.6-2.8L13.6 4.4a1.9 1.9 0 0 0-3.2 0z" />
  ),
  terminal: <path d="m6.5 8.5 4 3.5-4 3.5M13 16h5" />,
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof shapes;

/** Decoration only: what it says must stand beside it in words. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  );
}

/** The documents' "✓" as a character, for everybody and everything that reads the text beside a drawn check. */
export function SpokenTick() {
  return <span class="visually-hidden">✓ </span>;
}
