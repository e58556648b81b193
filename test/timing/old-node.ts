/** Runs something as in a Node before 22.19, which cannot tell a thread's CPU time. */
export async function asInOldNode(run: () => Promise<void>): Promise<void> {
  const known = Object.getOwnPropertyDescriptor(process, 'threadCpuUsage')!;
  Object.defineProperty(process, 'threadCpuUsage', { ...known, value: undefined });
  try {
    await run();
  } finally {
    Object.defineProperty(process, 'threadCpuUsage', known);
  }
}
