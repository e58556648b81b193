/** Ms for which a waiter stays away from a lock that goes from hand to hand. */
export const awayMs = 0.1;

/** Looks, of some 60 ns each once they are compiled: a microsecond in all. */
const looks = 16;
/** Changes among them: of a loop that only takes and releases it five in the median, of holds of 0.2 µs and more none. */
const enough = 4;

/**
 * Whether a waiter that was woken had better stay away for a moment before it tries again.
 *
 * Where a thread holds a lock for some ns and takes it again at once, whoever is woken finds it taken every other time
 * and asks to be woken again: by a call of the system that takes 5 µs, as long as two hundred holds, and by drawing the
 * lock's memory from core to core. Who stays away for a few thousand holds instead gets its turn as often, and all get
 * on faster (two threads on two cores, medians of four runs: 39 to 51 ns for each hold without it, 29 to 39 with it, 34
 * to 36 by a bare futex). Nobody stays away from a lock that is held for a fifth of a microsecond or more: the moments
 * at which that is free are few, and who misses one waits for long.
 *
 * To back off where others come and go is Thomas Anderson's way for spin locks (The Performance of Spin Lock
 * Alternatives for Shared-Memory Multiprocessors, 1990); here it is done asleep, and by a look instead of a count of
 * failures.
 */
export class Backoff {
  /** What the last look showed. */
  isDue = false;

  /** Looks at the lock for a moment. @returns `isDue` */
  look(isLocked: () => boolean): boolean {
    let before = isLocked();
    let changes = 0;
    for (let look = 1; look < looks && changes < enough; look += 1) {
      const is = isLocked();
      if (is !== before) changes += 1;
      before = is;
    }
    this.isDue = changes === enough;
    return this.isDue;
  }
}
