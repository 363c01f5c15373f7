// The mark: a sun that rises. assets/icon.svg is the same drawing for the browser's tab.

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect class="logo-sky" width="32" height="32" rx="9" />
      <path class="logo-sun" d="M9.5 21.5a6.5 6.5 0 0 1 13 0z" />
      <path class="logo-rays" d="M16 7.5v3M7.5 11.5l2.1 2.1M24.5 11.5l-2.1 2.1M7 25.5h18" />
    </svg>
  );
}
