import type { Job } from './job.ts';

/** Jobs that wait, in order. A job that is over (cancelled while it waited) is dropped when its turn comes. */
export class JobQueue<J extends Job> {
  #jobs: (J | undefined)[] = [];
  /** Where the first one lies. Invariant: nothing lies before it, or the arguments of what was taken would stay. */
  #head = 0;

  /** How many wait; some of them may be over. */
  get length(): number {
    return this.#jobs.length - this.#head;
  }

  push(job: J): void {
    this.#jobs.push(job);
  }

  /** Puts jobs before all others. */
  unshift(jobs: readonly J[]): void {
    this.#jobs = [...jobs, ...this.#jobs.slice(this.#head)];
    this.#head = 0;
  }

  /** The first job that waits. */
  peek(): J | undefined {
    while (this.#jobs[this.#head]?.over) this.drop();
    if (this.#head > 1024 && 2 * this.#head > this.#jobs.length) this.unshift([]);
    return this.#jobs[this.#head];
  }

  /** Drops the job that `peek` has just found. */
  drop(): void {
    this.#jobs[this.#head] = undefined;
    this.#head += 1;
  }

  /** Takes the first job that waits. */
  shift(): J | undefined {
    const job = this.peek();
    if (job !== undefined) this.drop();
    return job;
  }

  /** Takes all that wait. */
  drain(): J[] {
    const jobs = (this.#jobs.slice(this.#head) as J[]).filter((job) => !job.over);
    this.#jobs = [];
    this.#head = 0;
    return jobs;
  }
}
