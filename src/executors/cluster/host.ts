import { hostname } from 'node:os';
import { Gate } from './allow.ts';
import { ClusterHost } from './cluster-host.ts';
import type { Tally } from './pulse.ts';
import { unreachable } from './reach.ts';
import { type ClusterSettings, connect, lastErrorOf } from './settings.ts';
import { Station } from './station.ts';

/** What a worker of a cluster is started with. */
export interface HostOptions extends ClusterSettings {
  /** How many messages it has at a time, each in a process of its own. */
  readonly concurrency: number;
  /** Names of the only functions that it runs, as `remoteFunction` takes them; it runs all if absent. */
  readonly allow?: readonly string[] | undefined;
  /** What timelines and tables call it. */
  readonly name?: string | undefined;
  /** Told what was refused and why. */
  readonly log?: (line: string) => void;
}

/** A worker of a cluster in this process. */
export interface Host {
  readonly id: string;
  readonly name: string;
  readonly stats: Tally & { readonly rate: number };
  /** Why the server is not reached, if so. */
  readonly trouble: Error | undefined;
  /** Takes no more, lets the tasks that run finish, gives all others back, and ends. */
  drain(): Promise<void>;
  /** Ends at once: what runs is given back as well. */
  close(): Promise<void>;
}

/**
 * Joins a cluster: from now on tasks run here, until `drain` or `close`.
 *
 * @throws Node's error for a module of `allow` that is not there, TypeError when it has no such function; BrokenExecutor
 *   when the server lacks the url's database
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const gate = new Gate(options.allow);
  const { concurrency, name = `${hostname()} ${process.pid}` } = options;
  const whos = Array.from({ length: concurrency }, (_, index) => (concurrency === 1 ? name : `${name} ${index + 1}`));
  const stations = whos.map((who) => new Station(who));
  let host: ClusterHost | undefined;
  try {
    // Processes take longest to start, so they come first.
    const opened = Promise.all(stations.map((station) => station.open()));
    opened.catch(() => {});
    const [bull, redis, ear] = await Promise.all([import('bullmq'), connect(options), connect(options)]);
    host = new ClusterHost({ ...options, name }, gate, stations, redis, ear);
    await opened;
    try {
      await host.start(bull);
    } catch (error) {
      const ended = [redis, ear].find(({ status }) => status === 'end');
      throw ended === undefined ? error : unreachable(options, lastErrorOf(ended));
    }
    return host;
  } catch (error) {
    await host?.close();
    await Promise.allSettled(stations.map((station) => station.close()));
    throw error;
  }
}
