import { Redirected, redirectOf } from './failure.ts';

/** How redirects are followed. */
interface Following {
  /** The most of them, one after another. */
  readonly most: number;
  /** Also to other hosts. */
  readonly anywhere?: boolean;
  /** Awaited before the next address is asked; throws if that is not to be. */
  readonly before?: (to: string) => Promise<void>;
}

/**
 * Calls `once` with an address, and with the one that it redirects to, until that is none any more. They stay on one
 * host, from http to https too: another one has limits and a robots.txt of its own, which nobody has looked at.
 *
 * @throws Redirected where it leads elsewhere, or on and on; what `once` and `before` throw
 */
export async function following<T>(url: string, once: (at: string) => Promise<T>, how: Following): Promise<T> {
  const { most, anywhere = false, before } = how;
  let at = url;
  for (let followed = 0; ; followed += 1) {
    try {
      return await once(at);
    } catch (error) {
      const to = redirectOf(error);
      if (to === undefined) throw error;
      const { protocol, host } = new URL(to);
      if (!/^https?:$/.test(protocol)) throw new Redirected(to, ', which is not of the web');
      if (!anywhere && host !== new URL(url).host) throw new Redirected(to, ', which is another host');
      if (followed === most) throw new Redirected(to, most === 0 ? '' : `, and was led on ${most} times before`);
      await before?.(to);
      at = to;
    }
  }
}
