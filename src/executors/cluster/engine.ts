import type { Engine, Link, LinkEvents } from '../engine.ts';
import type { Client } from './client.ts';
import { ClusterLink } from './link.ts';

/** A way for one message at a time into the cluster, below a slot of the pool. */
export class ClusterEngine implements Engine {
  readonly kind = 'remote';
  readonly #open: () => Promise<Client>;

  /** @param open gives the connection that all ways of an executor share */
  constructor(open: () => Promise<Client>) {
    this.#open = open;
  }

  async connect(events: LinkEvents): Promise<Link> {
    return new ClusterLink(await this.#open(), events);
  }

  /** The connection is closed after the last way. */
  async destroy(): Promise<void> {}
}
