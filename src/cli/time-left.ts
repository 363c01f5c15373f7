// How the command says a length of time: "12 min", "85 days".

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The largest unit that still tells something, rounded: `40 sec`, `12 min`, `1 hour`, `26 hours`, `85 days`. */
export function timeLeft(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < MINUTE) return `${seconds} sec`;
  if (Math.round(seconds / MINUTE) < 60) return `${Math.round(seconds / MINUTE)} min`;
  const hours = Math.round(seconds / HOUR);
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.round(seconds / DAY)} days`;
}
