/** What is mostly known at once: then no promise is paid for. */
export type MaybeLater<T> = T | Promise<T>;

/** What `work` makes of it, now or later. */
export function andThen<A, B>(value: MaybeLater<A>, work: (value: A) => MaybeLater<B>): MaybeLater<B> {
  return value instanceof Promise ? value.then(work) : work(value);
}
