// /organizations/{id}/incident: from a leak to the point where nothing from before works any more. It shows how things
// stand and keeps nothing, so that admins can share its address.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Field } from './components/field.tsx';
import { Relative } from './components/moment.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { TokenFacts } from './components/token-facts.tsx';
import { pathsOf, type ShownCredential } from './credential.ts';
import { CredentialTable } from './credential-table.tsx';
import { Selection } from './credentials.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { exactTime } from './text/dates.ts';
import { inertText } from './text/inert-text.ts';
import { numberText } from './text/numbers.ts';

type Kind = 'personal' | 'organization' | 'session';

type Props = {
  shell: Shell;
  csrf: string;
  organization: Organization;
  /** What was made until then is suspect. ISO 8601, to the second. */
  before: string;
  /** A week before that. */
  since: string;
  beforeUnfit?: boolean;
  /** The one that leaked, when it is known. */
  leaked?: ShownCredential;
  /** What was looked for isn't here. */
  notFound?: boolean;
  /** The form was too old. */
  stale?: boolean;
  /** Of what worked then, how much still does. */
  progress: Readonly<Record<Kind, { total: number; remaining: number }>>;
  /** Logins of terminals that remain: some. */
  sessions: readonly { id: string; person: string; device: string; lastUsedAt: Date }[];
  remaining: readonly ShownCredential[];
  nextCursor?: string;
  publicUrl: string;
  now: Date;
};

export function IncidentPage(props: Props) {
  const { shell, organization, before, beforeUnfit = false, stale = false } = props;
  const { credentials, common } = messagesFor(shell.locale);
  const { incident: text } = credentials;
  const paths = pathsOf(organization.id);
  return (
    <SettingsPage shell={shell} title={text.title} current="credentials" organization={organization}>
      <section class="card">
        <h1>{text.title}</h1>
        <bdi class="soft">{inertText(organization.name, 100)}</bdi>
        <p class="lead">{text.lead}</p>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        <form class="short" method="get" action={paths.incident}>
          <Field
            label={text.before}
            name="before"
            kind="moment"
            value={before.replace('Z', '')}
            autocomplete="off"
            hint={text.beforeHint}
            problem={beforeUnfit ? text.beforeUnfit : undefined}
          />
          {props.leaked !== undefined && <input type="hidden" name="token" value={props.leaked.id} />}
          <div class="actions row">
            <Button look="secondary">{text.set}</Button>
          </div>
        </form>
        <Progress {...props} />
        <Leaked {...props} />
        <Review {...props} />
        <Sessions {...props} />
        <Rest {...props} />
        <section class="part">
          <h2>{text.after.title}</h2>
          <p class="hint">{text.after.hint}</p>
        </section>
      </section>
    </SettingsPage>
  );
}

function Progress({ shell: { locale }, progress }: Props) {
  const { incident: text } = messagesFor(locale).credentials;
  const kinds = ['session', 'personal', 'organization'] as const;
  const remains = kinds.some((kind) => progress[kind].remaining > 0);
  return (
    <section class="part">
      <h2>{text.progress}</h2>
      {!remains && <Alert tone="success">{text.nothingRemains}</Alert>}
      <dl class="facts progress">
        {kinds.map((kind) => {
          const { total, remaining } = progress[kind];
          const said = text.remain(numberText(remaining, locale), numberText(total, locale));
          return (
            <div class="fact" key={kind}>
              <dt>{text.kinds[kind]}</dt>
              <dd>
                <span>{said}</span>
                <progress
                  value={total === 0 ? 1 : total - remaining}
                  max={Math.max(1, total)}
                  aria-label={`${text.kinds[kind]}: ${said}`}
                />
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function Leaked({ shell: { locale }, csrf, organization, before, leaked, notFound = false, now }: Props) {
  const { incident: text } = messagesFor(locale).credentials;
  const paths = pathsOf(organization.id);
  return (
    <section class="part">
      <h2>{text.leaked.title}</h2>
      {leaked !== undefined && (
        <>
          <TokenFacts token={leaked} now={now} locale={locale} />
          <p class="strong retry">
            {leaked.revokedAt !== undefined
              ? text.leaked.revokedAt(exactTime(leaked.revokedAt, locale))
              : text.leaked[works(leaked, now) ? 'works' : 'stopped']}
          </p>
          {leaked.revokedAt === undefined && (
            <PostForm action={paths.revoke} csrf={csrf} hidden={{ only: leaked.id, before }}>
              <div class="actions row">
                <Button look="danger">{text.leaked.revoke}</Button>
              </div>
            </PostForm>
          )}
        </>
      )}
      <PostForm action={paths.incidentFind} csrf={csrf} hidden={{ before }}>
        <div class="short">
          <Field
            label={text.leaked.field}
            name="token"
            kind="token"
            autocomplete="off"
            hint={text.leaked.hint}
            problem={notFound ? text.leaked.notFound : undefined}
            first={notFound}
          />
          <div class="actions row">
            <Button look="secondary">{text.leaked.find}</Button>
          </div>
        </div>
      </PostForm>
      <p class="hint">{text.leaked.reportHint}</p>
      <p class="links">
        <a href="/credentials/revoke">{text.leaked.report}</a>
      </p>
    </section>
  );
}

function Review({ shell: { locale }, organization, since, leaked }: Props) {
  const { incident: text } = messagesFor(locale).credentials;
  const period = `since=${encodeURIComponent(since)}`;
  const audit = `/organizations/${organization.id}/audit`;
  return (
    <section class="part">
      <h2>{text.review.title}</h2>
      <p class="hint">{text.review.hint}</p>
      <p class="hint">{text.review.assess}</p>
      <p class="links">
        {leaked !== undefined && <a href={`${audit}?token=${leaked.id}&${period}`}>{text.review.ofToken}</a>}
        <a href={`${audit}?${period}`}>{text.review.ofAll}</a>
      </p>
    </section>
  );
}

function Sessions({ shell: { locale }, organization, sessions, progress, now }: Props) {
  const { incident: text } = messagesFor(locale).credentials;
  const { remaining, total } = progress.session;
  return (
    <section class="part">
      <h2>{text.sessions.title}</h2>
      <p class="hint">{text.sessions.hint}</p>
      <p class="strong retry">{text.remain(numberText(remaining, locale), numberText(total, locale))}</p>
      {sessions.length > 0 && (
        <ul class="rows">
          {sessions.map(({ id, person, device, lastUsedAt }) => (
            <li key={id}>
              <span>
                <bdi>{inertText(person, 100)}</bdi>
                <bdi class="detail">{inertText(device, 100)}</bdi>
              </span>
              <span class="soft">
                <Relative at={lastUsedAt} now={now} locale={locale} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <p class="hint">{text.sessions.browsers}</p>
      <p class="links">
        <a href={pathsOf(organization.id).sessions}>{text.sessions.all}</a>
      </p>
    </section>
  );
}

function Rest({
  shell: { locale },
  csrf,
  organization,
  before,
  progress,
  remaining,
  nextCursor,
  publicUrl,
  now,
}: Props) {
  const messages = messagesFor(locale).credentials;
  const { incident: text } = messages;
  const paths = pathsOf(organization.id);
  const total = progress.personal.total + progress.organization.total;
  const left = progress.personal.remaining + progress.organization.remaining;
  return (
    <section class="part">
      <div class="toolbar">
        <h2>{text.rest.title}</h2>
        {left > 0 && (
          <ButtonLink href={`${paths.incidentRevoke}?before=${encodeURIComponent(before)}`} look="danger">
            {text.rest.all}
          </ButtonLink>
        )}
      </div>
      <p class="hint">{text.rest.hint}</p>
      <p class="strong retry">{text.remain(numberText(left, locale), numberText(total, locale))}</p>
      {remaining.length > 0 && (
        <PostForm action={paths.revoke} csrf={csrf} hidden={{ before }} look="listing">
          <Selection locale={locale} />
          <CredentialTable
            organizationId={organization.id}
            credentials={remaining}
            replaceAt={publicUrl}
            now={now}
            locale={locale}
          />
        </PostForm>
      )}
      {nextCursor !== undefined && (
        <p class="links">
          <a href={`${paths.incidentOf(before)}&cursor=${nextCursor}`}>{messages.next}</a>
        </p>
      )}
    </section>
  );
}

function works({ expiresAt, usable }: ShownCredential, now: Date): boolean {
  return usable && (expiresAt === null || expiresAt > now);
}
