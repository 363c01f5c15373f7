// The frame of every page: document head, header with the account, main, footer. Pages bring what goes inside.
import type { ComponentChildren } from 'preact';
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import { Logo } from './logo.tsx';
import { SignOutForm } from './post-form.tsx';

/** What every page is told by its route. `assets` are URLs; `signOut` puts a "Sign out" button beside the account. */
export type Shell = {
  locale: Locale;
  assets: { style: string; script: string; icon?: string };
  signedInAs?: { email: string; name: string };
  signOut?: { csrf: string };
  /** This server, where the `teamday` command must be told of it. */
  server?: string;
};

type Props = {
  shell: Shell;
  title: string;
  /** For pages that show the account themselves. */
  withoutAccount?: boolean;
  /** `wide` shows more than a short form, `full` shows tables. */
  width?: 'wide' | 'full';
  children: ComponentChildren;
};

export function Page({ shell, title, withoutAccount = false, width, children }: Props) {
  const { common } = messagesFor(shell.locale);
  const { signedInAs, signOut, assets } = shell;
  return (
    <html lang={shell.locale}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · TeamDay`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="stylesheet" href={assets.style} />
        {assets.icon !== undefined && <link rel="icon" type="image/svg+xml" href={assets.icon} />}
        <script src={assets.script} defer />
      </head>
      <body>
        <a class="skip" href="#main">
          {common.skipToContent}
        </a>
        <header class="bar">
          <a class="brand" href="/">
            <Logo />
            TeamDay
          </a>
          {signedInAs !== undefined && !withoutAccount && (
            <div class="account">
              <a class="clip" href="/settings/api-keys">
                <bdi>{signedInAs.email}</bdi>
              </a>
              {signOut !== undefined && (
                <SignOutForm csrf={signOut.csrf} look="quiet">
                  {common.signOut}
                </SignOutForm>
              )}
            </div>
          )}
        </header>
        <main id="main" class={width}>
          {children}
        </main>
        <footer class="footer">
          <span>TeamDay Identity</span>
          <a href="/docs">{common.apiDocs}</a>
          <a href="/openapi.json">OpenAPI</a>
          <a href="/credentials/revoke">{common.reportLeak}</a>
        </footer>
      </body>
    </html>
  );
}
