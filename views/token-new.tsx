// The form of a new token. Posts form (what makes it count once), name, expires_in, custom_days, csrf, and organization
// or scope_… to …/new.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { ExpiryChoice, type ExpiryOffer } from './components/expiry-choice.tsx';
import { Field } from './components/field.tsx';
import { OrganizationChoice } from './components/organization-choice.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { ScopeChoice } from './components/scope-choice.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { messagesFor } from './messages/messages-for.ts';
import { inertText } from './text/inert-text.ts';
import { inTime } from './text/relative-time.ts';
import { sectionOf, type TokenArea } from './tokens.ts';

/** As it was typed, or as the link that led here suggested. */
export type TypedToken = {
  name: string;
  expiresIn: string;
  customDays: string;
  /** Id of a personal token's organization. */
  organization: string;
  /** Of an organization's token. */
  scopes: readonly string[];
};

export type TokenProblems = {
  name?: 'nameRequired' | 'nameUnfit';
  organization?: 'organizationGone';
  scopes?: 'scopesRequired';
  expiry?: 'expiryInvalid';
};

export type TokenFormNotice =
  | { notice: 'stale' | 'nameIgnored' | 'expiryIgnored' }
  | { notice: 'limited'; retryAfterSeconds: number };

type Props = {
  shell: Shell;
  csrf: string;
  /** A value that no other form has. */
  formId: string;
  area: TokenArea;
  typed: TypedToken;
  expiry: ExpiryOffer;
  /** What `typed.customDays` comes to. */
  customUntil?: Date;
  /** Name -> what it gives access to. */
  services: Readonly<Record<string, string>>;
  problems?: TokenProblems;
  notices?: readonly TokenFormNotice[];
};

export function NewTokenPage(props: Props) {
  const { shell, csrf, formId, area, typed, expiry, customUntil, services, problems = {}, notices = [] } = props;
  const { locale } = shell;
  const { tokens: text, common } = messagesFor(locale);
  const own = text.kinds[area.kind];
  const first = (['name', 'organization', 'scopes', 'expiry'] as const).find((part) => problems[part]) ?? 'name';
  const [only, ...others] = area.organizations;
  return (
    <SettingsPage
      shell={shell}
      title={own.newTitle}
      current={sectionOf(area)}
      organization={area.organization ?? area.organizations[0]}
    >
      <Card heading={own.newTitle} lead={own.newLead}>
        {notices.map((each) => (
          <Alert key={each.notice} tone="notice">
            {noticeText(each, shell)}
          </Alert>
        ))}
        {Object.keys(problems).length > 0 && <Alert tone="problem">{text.form.problem}</Alert>}
        {area.organization === undefined && only === undefined ? (
          <Alert tone="problem">{text.noOrganization}</Alert>
        ) : (
          <PostForm action={`${area.path}/new`} csrf={csrf} hidden={{ form: formId }}>
            <Field
              label={text.form.name}
              name="name"
              value={typed.name}
              autocomplete="off"
              hint={own.nameHint}
              first={first === 'name'}
              problem={problems.name && text.form[problems.name]}
            />
            {area.organization !== undefined && (
              <ScopeChoice
                locale={locale}
                services={services}
                chosen={typed.scopes}
                refused={problems.scopes !== undefined}
                first={first === 'scopes'}
              />
            )}
            {area.organization === undefined && only !== undefined && others.length > 0 && (
              <OrganizationChoice
                organizations={area.organizations}
                selectedId={typed.organization}
                locale={locale}
                hint={text.form.organizationHint}
                problem={problems.organization && text.form[problems.organization]}
              />
            )}
            {area.organization === undefined && only !== undefined && others.length === 0 && (
              <div class="field">
                <p class="label">{common.organization}</p>
                <input type="hidden" name="organization" value={only.id} />
                <p class="given">
                  <bdi>{inertText(only.name, 100)}</bdi> <span class="pill">{common.roles[only.role]}</span>
                </p>
                <p class="hint">{text.form.organizationHint}</p>
              </div>
            )}
            <ExpiryChoice
              kind={area.kind}
              locale={locale}
              offer={expiry}
              expiresIn={typed.expiresIn}
              customDays={typed.customDays}
              {...(customUntil === undefined ? {} : { customUntil })}
              refused={problems.expiry !== undefined}
              first={first === 'expiry'}
            />
            <div class="actions row">
              <Button>{own.submit}</Button>
              <ButtonLink href={area.path} look="secondary">
                {common.cancel}
              </ButtonLink>
            </div>
          </PostForm>
        )}
      </Card>
    </SettingsPage>
  );
}

function noticeText(given: TokenFormNotice, { locale }: Shell): string {
  const { tokens, common } = messagesFor(locale);
  switch (given.notice) {
    case 'stale':
      return common.stale;
    case 'limited':
      return tokens.form.limited(inTime(given.retryAfterSeconds, locale));
    case 'nameIgnored':
    case 'expiryIgnored':
      return tokens.form[given.notice];
  }
}
