// A command to be typed into a terminal.

export function Command({ children }: { children: string }) {
  return (
    <pre class="command">
      <code>
        <span class="prompt" aria-hidden="true">
          ${' '}
        </span>
        {children}
      </code>
    </pre>
  );
}
