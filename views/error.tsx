// Any request that failed on a page: what happened, what to do next, and the id to quote. Shows nothing of the
// error itself beyond what the route passes as `detail`.
import { ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Page, type Shell } from './components/page.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import { inTime } from './text/relative-time.ts';

type Statuses = Messages['error']['statuses'];

/** `title` and `detail` replace the texts of the status, in the language of the shell. */
type Props = {
  shell: Shell;
  status: number;
  title?: string;
  detail?: string;
  requestId: string;
  retryAfterSeconds?: number;
  /** Where to go on, instead of the start page. */
  back?: { href: string; label: string };
};

export function ErrorPage({ shell, status, requestId, retryAfterSeconds, back, ...own }: Props) {
  const { error: text, common } = messagesFor(shell.locale);
  const usual = statusText(text.statuses, status);
  const title = own.title ?? usual.title;
  return (
    <Page shell={shell} title={title}>
      <Card top={<p class="status">{status}</p>} heading={title} lead={own.detail ?? usual.detail}>
        {retryAfterSeconds !== undefined && <p class="retry">{text.retry(inTime(retryAfterSeconds, shell.locale))}</p>}
        <div class="actions">
          <ButtonLink href={back?.href ?? '/'} look="secondary">
            {back?.label ?? common.backHome}
          </ButtonLink>
        </div>
        <div class="reference">
          <p>
            {`${text.reference}: `}
            <code>{requestId}</code>
          </p>
          <p class="hint">{text.referenceHint}</p>
        </div>
      </Card>
    </Page>
  );
}

/** A status without texts of its own speaks as its class: 4xx as 400, everything else as 500. */
function statusText(statuses: Statuses, status: number): Statuses[keyof Statuses] {
  if (isKnown(statuses, status)) return statuses[status];
  return statuses[status >= 400 && status < 500 ? 400 : 500];
}

function isKnown(statuses: Statuses, status: number): status is keyof Statuses {
  return Object.hasOwn(statuses, status);
}
