// Settings → API Keys and Organization Settings → Org Tokens: what there is, and the ways to change it.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { OrganizationChoice } from './components/organization-choice.tsx';
import type { Shell } from './components/page.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { TokenTable } from './components/token-table.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import { inertText } from './text/inert-text.ts';
import { type ShownToken, sectionOf, type TokenArea } from './tokens.ts';

export type TokenNotice = keyof Messages['tokens']['notices'];

type Props = {
  shell: Shell;
  area: TokenArea;
  tokens: readonly ShownToken[];
  /** What the last form came to. */
  notice?: TokenNotice;
  now: Date;
};

export function TokenListPage({ shell, area, tokens, notice, now }: Props) {
  const { tokens: text } = messagesFor(shell.locale);
  const own = text.kinds[area.kind];
  return (
    <SettingsPage
      shell={shell}
      title={own.tab}
      current={sectionOf(area)}
      organization={area.organization ?? area.organizations[0]}
    >
      <section class="card">
        <div class="toolbar">
          <div>
            <h1>{own.tab}</h1>
            {area.organization !== undefined && area.organizations.length === 1 && (
              <bdi class="soft">{inertText(area.organization.name, 100)}</bdi>
            )}
          </div>
          {area.mayChange && <ButtonLink href={`${area.path}/new`}>{own.open}</ButtonLink>}
        </div>
        {notice !== undefined && (
          <Alert tone={notice === 'revoked' ? 'success' : 'notice'}>{text.notices[notice]}</Alert>
        )}
        {area.kind === 'organization' && <OrganizationSwitch area={area} shell={shell} />}
        <h2 class="section-title">{own.heading}</h2>
        <p class="hint">{own.lead}</p>
        {!area.mayChange && <p class="hint">{text.viewersNote}</p>}
        {tokens.length === 0 ? (
          <div class="empty">
            <p class="strong">{own.none}</p>
            <p class="hint">{own.noneHint}</p>
          </div>
        ) : (
          <TokenTable area={area} tokens={tokens} now={now} locale={shell.locale} />
        )}
      </section>
    </SettingsPage>
  );
}

/** Somebody of one organization has nothing to switch. A GET: it changes only what is shown. */
function OrganizationSwitch({ area, shell }: { area: TokenArea; shell: Shell }) {
  if (area.organizations.length < 2) return null;
  return (
    <form class="switch" method="get" action="/organization/tokens">
      <OrganizationChoice
        organizations={area.organizations}
        selectedId={area.organization?.id ?? ''}
        locale={shell.locale}
      />
      <Button look="secondary">{messagesFor(shell.locale).tokens.show}</Button>
    </form>
  );
}

/** Org Tokens for somebody who is in no organization. */
export function NoOrganizationPage({ shell }: { shell: Shell }) {
  const { tokens: text } = messagesFor(shell.locale);
  const { tab } = text.kinds.organization;
  return (
    <SettingsPage shell={shell} title={tab} current="organizationTokens" organization={undefined}>
      <section class="card">
        <h1>{tab}</h1>
        <p class="lead">{text.noOrganization}</p>
      </section>
    </SettingsPage>
  );
}
