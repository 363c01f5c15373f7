// A moment in words, with the exact time for whoever points at it.
import type { Locale } from '../messages/messages-for.ts';
import { dateText, exactTime } from '../text/dates.ts';
import { ageInSeconds, ago, fromNow } from '../text/relative-time.ts';

type Props = { at: Date; locale: Locale };

/** "Nov 22, 2026" */
export function OnDate({ at, locale }: Props) {
  return (
    <time datetime={at.toISOString()} title={exactTime(at, locale)}>
      {dateText(at, locale)}
    </time>
  );
}

/** "2 minutes ago" or "in 90 days"; of the past it stays true on an open page. */
export function Relative({ at, now, locale }: Props & { now: Date }) {
  const age = ageInSeconds(at, now);
  const isPast = at <= now;
  return (
    <time datetime={at.toISOString()} title={exactTime(at, locale)} data-age={isPast ? age : undefined}>
      {isPast ? ago(age, locale) : fromNow(ageInSeconds(now, at), locale)}
    </time>
  );
}
